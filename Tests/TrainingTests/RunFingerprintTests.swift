import NeuralNet
import Tensors
import Testing
import Training

@Suite struct RunFingerprintTests {
  private func hash(_ add: (inout DataHash) -> Void) -> String {
    var data = DataHash()
    add(&data)
    return "\(data.value)"
  }

  @Test func `whatever differs has another hash, also what moves from one piece to the next`() {
    let hashes = [
      hash { _ in },
      hash { $0.add("ab") },
      hash { $0.add(["ab"]) },
      hash { $0.add(["a", "b"]) },
      hash { $0.add([["a"], ["b"]]) },
      hash { $0.add([["a", "b"], []]) },
      hash { $0.add([["a", "b"]]) },
      hash { $0.add([Int32(1), 2]) },
      hash { $0.add([Int32(2), 1]) },
      hash {
        $0.add([Int32(1)])
        $0.add([Int32(2)])
      },
      hash { $0.add(Linear(weight: Tensor([1, 2], [1, 2]), bias: nil)) },
      hash { $0.add(Linear(weight: Tensor([2, 1], [1, 2]), bias: nil)) },
      hash { $0.add(Linear(weight: Tensor([1, 2], [1, 2.0001]), bias: nil)) },
    ]
    #expect(Set(hashes).count == hashes.count)
    #expect(hash { $0.add(["a", "b"]) } == hashes[3])
  }

  @Test func `much data is hashed as it comes`() {
    let many = [Int32](repeating: 7, count: 1 << 20)
    func hash(_ last: Int32) -> String {
      self.hash {
        $0.add(many)
        $0.add(many.dropLast() + [last])
      }
    }
    #expect(hash(7) == hash(7) && hash(7) != hash(8))
  }

  @Test func `a fingerprint is one line that says its version and its options`() throws {
    let text = try RunFingerprint.text(options: ["rate": 0.5], data: DataHash())
    // sha256sum /dev/null
    #expect(
      text == """
        {"data":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",\
        "options":{"rate":0.5},"version":2}
        """)
  }
}
