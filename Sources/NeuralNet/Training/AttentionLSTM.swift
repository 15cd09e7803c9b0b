package import Tensors

/// The recurrent part of a captioning decoder with attention (Xu et al. 2015, arXiv 1502.03044), for
/// whole sentences of known words: at each step
/// - α = softmax(attention(a, h)), context = Σ α a · σ(gate(h)),
/// - (h, c) = cell([word; context], h, c).
///
/// What the words and the loss need of the matrices is left to one product over all steps; only what
/// waits for the step before is done step by step.
///
/// Checkpoint keys: `attention`, `f_beta` and `decode_step`.
package struct AttentionLSTM: Trainable {
  package var attention: AdditiveAttention
  /// `[channels, hidden]`, or nil for a context without a gate.
  package var contextGate: Linear?
  /// Its inputs are a word's embedding and then the context.
  package var cell: LSTMCell

  /// The size of the regions.
  package var channels: Int { attention.encoderProjection.inputs }
  package var hidden: Int { cell.hidden }
  /// The size of the words' embeddings.
  package var embedding: Int { cell.inputs - channels }

  /// - Precondition: the layers fit together.
  package init(attention: AdditiveAttention, contextGate: Linear?, cell: LSTMCell) {
    let channels = attention.encoderProjection.inputs
    precondition(
      attention.decoderProjection.inputs == cell.hidden && cell.inputs >= channels
        && contextGate.map { ($0.inputs, $0.outputs) == (cell.hidden, channels) } ?? true,
      """
      attention over \(channels) channels from \(attention.decoderProjection.inputs), gate \
      \(contextGate?.weight.shape.description ?? "none"), LSTM \(cell.weightIH.shape)
      """)
    self.attention = attention
    self.contextGate = contextGate
    self.cell = cell
  }

  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("attention", &attention)
    visit("f_beta", &contextGate)
    visit("decode_step", &cell)
  }

  /// What the forward pass computed, as the way back needs it.
  package struct Trace: Sendable {
    /// The hidden state after each step, `[layout.rows, hidden]`.
    package let output: Tensor
    /// α, `[layout.rows, regions]`.
    package let weights: Tensor
    fileprivate let layout: SequenceLayout
    fileprivate let images: [Int]
    fileprivate let words: Tensor
    /// `[images, regions, channels]`
    fileprivate let regions: Tensor
    /// The projected regions, `[images · regions, attention]`.
    fileprivate let keys: Tensor
    /// By place in the layout.
    fileprivate let initialCell: Tensor
    /// `[rows, channels + hidden]`: the context and the hidden state that a step begins with.
    fileprivate let joined: Tensor
    /// `[rows, attention + channels]`: the query and the gate; without a gate the query alone.
    fileprivate let projected: Tensor
    /// `[rows, channels]`: Σ α a; without a gate one unused row.
    fileprivate let ungated: Tensor
    fileprivate let gates: Tensor
    fileprivate let cells: Tensor

    /// The state after each sentence's last step, in the order in which the sentences were given.
    ///
    /// - Precondition: every sentence has a step.
    package var final: LSTMState {
      let last = layout.lastRows
      return LSTMState(hidden: output.rows(last), cell: cells.rows(last))
    }
  }

  /// - Parameters:
  ///   - words: the embeddings of the words that the steps read, `[layout.rows, embedding]`.
  ///   - regions: `[images, regions, channels]`
  ///   - images: of each sentence, which image it describes; nil where each has its own.
  ///   - initial: the state before the first step, in the order in which the sentences were given.
  ///   - threads: share out the sentences.
  package func forward(
    _ words: Tensor, _ layout: SequenceLayout, regions: Tensor, images: [Int]? = nil,
    initial: LSTMState, threads: Int = 1
  ) -> Trace {
    let images = images ?? Array(0..<layout.sequences)
    precondition(
      words.shape == [layout.rows, embedding] && regions.shape.rank == 3
        && regions.shape[2] == channels && images.count == layout.sequences
        && images.allSatisfy { $0 >= 0 && $0 < regions.shape[0] }
        && initial.hidden.shape == [layout.sequences, hidden],
      """
      attention LSTM of \(embedding) + \(channels) inputs on words \(words.shape), \
      \(layout.rows) rows, regions \(regions.shape), \(images.count) images
      """)
    let count = regions.shape[1]
    let keys = attention.encoderProjection(
      regions.reshaped([regions.shape[0] * count, channels]), threads: threads)
    let initialHidden = layout.byPlace(initial.hidden)
    let initialCell = layout.byPlace(initial.cell)
    let rows = layout.rows
    let gateCount = cell.weightHH.shape[0]
    var gates = Tensor(uninitialized: [rows, gateCount]) { gates in
      MatrixProduct(rows: rows, columns: gateCount, inner: embedding, transposesRight: true)(
        words.elements, cell.weightIH.elements, rightStride: cell.inputs,
        bias: cell.bias.elements, into: gates, threads: threads)
    }
    var output = Tensor(uninitialized: [rows, hidden]) { _ in }
    var weights = Tensor(uninitialized: [rows, count]) { _ in }
    var joined = Tensor(uninitialized: [rows, channels + hidden]) { _ in }
    let projection = stateProjection()
    var projected = Tensor(uninitialized: [rows, projection.weight.shape[0]]) { _ in }
    var ungated = Tensor(uninitialized: [contextGate == nil ? 1 : rows, channels]) { _ in }
    var cells = Tensor(uninitialized: [rows, hidden]) { _ in }
    AttentionRecurrence(self, layout, images, regions: count).forward(
      step: PackedMatrix(weights: stepWeights()),
      projection: PackedMatrix(weights: projection.weight, bias: projection.bias?.elements),
      regions.elements, keys: keys.elements, initialHidden.elements, initialCell.elements,
      score: attention.score.weight.elements, gates: &gates.elements, output: &output.elements,
      weights: &weights.elements, joined: &joined.elements, projected: &projected.elements,
      ungated: &ungated.elements, cells: &cells.elements, threads: threads)
    return Trace(
      output: output, weights: weights, layout: layout, images: images, words: words,
      regions: regions, keys: keys, initialCell: initialCell, joined: joined,
      projected: projected, ungated: ungated, gates: gates, cells: cells)
  }

  /// Backpropagation through time.
  ///
  /// - Parameters:
  ///   - trace: from `forward`, with the same parameters.
  ///   - outputGradient: `[layout.rows, hidden]`, of the loss with respect to `trace.output`.
  ///   - weightGradient: `[layout.rows, regions]`, with respect to `trace.weights`; nil for zeros.
  ///   - gradients: receives the sum of what it holds and the gradients of the parameters.
  ///   - skipsRegions: whether nobody needs the gradient of the regions; then it is empty.
  /// - Returns: the gradients of the words' embeddings, the regions and the initial state, in the
  ///   shapes of the arguments of `forward`.
  package func backward(
    _ trace: Trace, _ outputGradient: Tensor, weightGradient: Tensor? = nil,
    gradients: inout AttentionLSTM, skipsRegions: Bool = false, threads: Int = 1
  ) -> (words: Tensor, regions: Tensor, initial: LSTMState) {
    let layout = trace.layout
    precondition(
      outputGradient.shape == trace.output.shape
        && weightGradient.map { $0.shape == trace.weights.shape } ?? true,
      "gradients \(outputGradient.shape) of outputs \(trace.output.shape)")
    let (rows, count) = (layout.rows, trace.weights.shape[1])
    let size = attention.score.inputs
    let gateCount = cell.weightHH.shape[0]
    var gateGradients = Tensor(uninitialized: [rows, gateCount]) { _ in }
    var projectedGradients = Tensor(uninitialized: trace.projected.shape) { _ in }
    // Of each sentence by itself: sentences of one image may be on different threads.
    var keyGradients = Tensor([layout.sequences * count, size])
    var regionGradients = Tensor([skipsRegions ? 0 : layout.sequences * count, channels])
    var state = LSTMState(
      hidden: Tensor([layout.sequences, hidden]), cell: Tensor([layout.sequences, hidden]))
    let zeros = weightGradient ?? Tensor([0, count])
    let recurrence = AttentionRecurrence(self, layout, trace.images, regions: count)
    let projection = stateProjection()
    recurrence.backward(
      step: PackedMatrix(weights: stepWeights(), transposed: true),
      projection: PackedMatrix(weights: projection.weight, transposed: true), trace,
      score: attention.score.weight.elements, outputGradient.elements,
      weightGradient: zeros.elements, hasWeightGradient: weightGradient != nil,
      gateGradients: &gateGradients.elements, projectedGradients: &projectedGradients.elements,
      keyGradients: &keyGradients.elements, regionGradients: &regionGradients.elements,
      hasRegionGradients: !skipsRegions, scoreGradient: &gradients.attention.score.weight.elements,
      hiddenGradient: &state.hidden.elements, cellGradient: &state.cell.elements,
      threads: threads)

    addCellGradients(trace, gateGradients, to: &gradients.cell, threads: threads)
    addStateGradients(trace, projectedGradients, to: &gradients, threads: threads)
    let images = trace.regions.shape[0]
    let keys = summed(keyGradients, trace.images, images: images)
    let flat = trace.regions.reshaped([images * count, channels])
    attention.encoderProjection.addGradients(
      keys, input: flat, to: &gradients.attention.encoderProjection, threads: threads)
    var regions = Tensor([0])
    if !skipsRegions {
      regions = summed(regionGradients, trace.images, images: images)
      MatrixProduct(rows: images * count, columns: channels, inner: size)(
        keys.elements, attention.encoderProjection.weight.elements, accumulate: true,
        into: &regions.elements, threads: threads)
      regions = regions.reshaped(trace.regions.shape)
    }
    let words = Tensor(uninitialized: trace.words.shape) { words in
      MatrixProduct(rows: rows, columns: embedding, inner: gateCount)(
        gateGradients.elements, cell.weightIH.elements, rightStride: cell.inputs, into: words,
        threads: threads)
    }
    return (
      words, regions,
      LSTMState(
        hidden: layout.byPlace(inverse: state.hidden), cell: layout.byPlace(inverse: state.cell))
    )
  }

  /// `[gates · hidden, channels + hidden]`: the cell's weights for the context and the state.
  private func stepWeights() -> Tensor {
    joinedRows(
      [(cell.weightIH, embedding, channels), (cell.weightHH, 0, hidden)])
  }

  /// Rows made of columns of several matrices.
  private func joinedRows(_ parts: [(matrix: Tensor, first: Int, count: Int)]) -> Tensor {
    let rows = parts[0].matrix.shape[0]
    return Tensor(uninitialized: [rows, parts.map(\.count).reduce(0, +)]) { result in
      var target = result
      for row in 0..<rows {
        for (matrix, first, count) in parts {
          matrix.elements.withUnsafeBufferPointer { source in
            guard let source = source.baseAddress else { return }
            target.update(from: source + row * matrix.shape[1] + first, count: count)
          }
          target += count
        }
      }
    }
  }

  /// What is computed from the hidden state before a step: query and gate as one layer.
  private func stateProjection() -> Linear {
    let query = attention.decoderProjection
    guard let contextGate else { return query }
    let zeros = { (layer: Linear) in [Float](repeating: 0, count: layer.outputs) }
    let biases =
      (query.bias?.elements ?? zeros(query)) + (contextGate.bias?.elements ?? zeros(contextGate))
    return Linear(
      weight: Tensor(
        [biases.count, hidden], query.weight.elements + contextGate.weight.elements),
      bias: Tensor([biases.count], biases))
  }

  private func addCellGradients(
    _ trace: Trace, _ gateGradients: Tensor, to gradients: inout LSTMCell, threads: Int
  ) {
    let (rows, gateCount) = (gateGradients.shape[0], gateGradients.shape[1])
    let stride = channels + hidden
    TrainingMath.addRows(
      gateGradients.elements, rows: rows, columns: gateCount, into: &gradients.bias.elements,
      threads: threads)
    func product(_ columns: Int) -> MatrixProduct {
      MatrixProduct(rows: gateCount, columns: columns, inner: rows, transposesLeft: true)
    }
    trace.joined.elements.withUnsafeBufferPointer { joined in
      gradients.weightIH.elements.withUnsafeMutableBufferPointer { inputs in
        guard let joined = joined.baseAddress, let inputs = inputs.baseAddress else { return }
        product(embedding)(
          gateGradients.elements, trace.words.elements, accumulate: true, into: inputs,
          resultStride: cell.inputs, threads: threads)
        product(channels)(
          gateGradients.elements, joined, rightStride: stride, accumulate: true,
          into: inputs + embedding, resultStride: cell.inputs, threads: threads)
        product(hidden)(
          gateGradients.elements, joined + channels, rightStride: stride, accumulate: true,
          into: &gradients.weightHH.elements, threads: threads)
      }
    }
  }

  private func addStateGradients(
    _ trace: Trace, _ projectedGradients: Tensor, to gradients: inout AttentionLSTM, threads: Int
  ) {
    let rows = projectedGradients.shape[0]
    let width = projectedGradients.shape[1]
    var sum = Tensor([width, hidden])
    trace.joined.elements.withUnsafeBufferPointer { joined in
      guard let joined = joined.baseAddress else { return }
      MatrixProduct(rows: width, columns: hidden, inner: rows, transposesLeft: true)(
        projectedGradients.elements, joined + channels, rightStride: channels + hidden,
        into: &sum.elements, threads: threads)
    }
    var biases = Tensor([width])
    TrainingMath.addRows(
      projectedGradients.elements, rows: rows, columns: width, into: &biases.elements,
      threads: threads)
    gradients.attention.decoderProjection.add(sum, biases, fromRow: 0)
    gradients.contextGate?.add(sum, biases, fromRow: attention.decoderProjection.outputs)
  }

  /// The sum of what each sentence of an image gave.
  ///
  /// - Parameter tensor: `[sentences · regions, size]`
  /// - Returns: `[images · regions, size]`
  private func summed(_ tensor: Tensor, _ images: [Int], images count: Int) -> Tensor {
    if images == Array(0..<count) { return tensor }
    let size = tensor.shape.count / images.count
    var result = Tensor([count * tensor.shape[0] / images.count, tensor.shape[1]])
    tensor.elements.withUnsafeBufferPointer { tensor in
      result.elements.withUnsafeMutableBufferPointer { result in
        guard let tensor = tensor.baseAddress, let result = result.baseAddress else { return }
        for (sentence, image) in images.enumerated() {
          TrainingMath.add(tensor + sentence * size, count: size, into: result + image * size)
        }
      }
    }
    return result
  }
}

extension Linear {
  /// Adds rows of a larger layer's gradients, from a given one on, to these.
  fileprivate mutating func add(_ weights: Tensor, _ biases: Tensor, fromRow row: Int) {
    for index in 0..<weight.elements.count {
      weight.elements[index] += weights.elements[row * inputs + index]
    }
    bias.changeInPlace { [outputs] bias in
      for index in 0..<outputs { bias.elements[index] += biases.elements[row + index] }
    }
  }
}

/// The steps of an `AttentionLSTM`. Each worker runs through all of them with every `workers`-th
/// sentence, so that no step waits for another worker and long sentences are spread evenly.
private struct AttentionRecurrence {
  let layout: SequenceLayout
  let hidden: Int
  let channels: Int
  /// The size of keys and queries.
  let size: Int
  let gates: Int
  let regions: Int
  let hasGate: Bool
  let isMaxout: Bool
  let activation: VectorMath.AttentionActivation
  /// By place, the sentence and its image.
  let sentences: [Int]
  let images: [Int]

  init(_ layer: AttentionLSTM, _ layout: SequenceLayout, _ images: [Int], regions: Int) {
    self.layout = layout
    hidden = layer.hidden
    channels = layer.channels
    size = layer.attention.score.inputs
    gates = layer.cell.weightHH.shape[0]
    self.regions = regions
    hasGate = layer.contextGate != nil
    isMaxout = layer.cell.isMaxout
    activation = layer.attention.activation
    sentences = layout.order
    self.images = layout.order.map { images[$0] }
  }

  private var joinedSize: Int { channels + hidden }
  private var projectedSize: Int { size + (hasGate ? channels : 0) }

  private func workers(_ threads: Int) -> Int { max(1, min(threads, layout.sequences / 4)) }

  func forward(
    step: PackedMatrix, projection: PackedMatrix, _ allRegions: UnsafePointer<Float>,
    keys: UnsafePointer<Float>, _ initialHidden: UnsafePointer<Float>,
    _ initialCell: UnsafePointer<Float>, score: UnsafePointer<Float>,
    gates allGates: UnsafeMutablePointer<Float>, output: UnsafeMutablePointer<Float>,
    weights allWeights: UnsafeMutablePointer<Float>, joined: UnsafeMutablePointer<Float>,
    projected: UnsafeMutablePointer<Float>, ungated: UnsafeMutablePointer<Float>,
    cells: UnsafeMutablePointer<Float>, threads: Int
  ) {
    let workers = workers(threads)
    parallelFor(workers, threads: workers) { worker in
      for (index, count) in layout.counts.enumerated() where worker < count {
        let offset = layout.offsets[index]
        let before = index == 0 ? 0 : layout.offsets[index - 1]
        let rows = (count - worker - 1) / workers + 1
        for place in stride(from: worker, to: count, by: workers) {
          let state =
            index == 0
            ? initialHidden + place * hidden : UnsafePointer(output) + (before + place) * hidden
          (joined + (offset + place) * joinedSize + channels).update(from: state, count: hidden)
        }
        let first = offset + worker
        projection(
          joined + first * joinedSize + channels, rows: rows, inputStride: workers * joinedSize,
          into: projected + first * projectedSize, outputStride: workers * projectedSize)
        for place in stride(from: worker, to: count, by: workers) {
          let row = offset + place
          attend(
            image: images[place], projected: projected + row * projectedSize, allRegions,
            keys: keys, score: score, weights: allWeights + row * regions,
            ungated: hasGate ? ungated + row * channels : nil, context: joined + row * joinedSize)
        }
        step(
          joined + first * joinedSize, rows: rows, inputStride: workers * joinedSize,
          into: allGates + first * gates, outputStride: workers * gates, accumulate: true)
        for place in stride(from: worker, to: count, by: workers) {
          let row = offset + place
          let previous =
            index == 0
            ? initialCell + place * hidden : UnsafePointer(cells) + (before + place) * hidden
          TrainingMath.lstmForward(
            gates: allGates + row * gates, previous: previous, cell: cells + row * hidden,
            hidden: output + row * hidden, size: hidden, isMaxout: isMaxout)
        }
      }
    }
  }

  /// The context of one row, from the query and the pre-activation of the gate.
  private func attend(
    image: Int, projected: UnsafeMutablePointer<Float>, _ allRegions: UnsafePointer<Float>,
    keys: UnsafePointer<Float>, score: UnsafePointer<Float>,
    weights: UnsafeMutablePointer<Float>, ungated: UnsafeMutablePointer<Float>?,
    context: UnsafeMutablePointer<Float>
  ) {
    VectorMath.attentionScores(
      keys: keys + image * regions * size, rows: regions, size: size, query: projected,
      weights: score, activation: activation, into: weights)
    VectorMath.softmax(weights, count: regions, into: weights)
    let sum = ungated ?? context
    VectorMath.weightedSum(
      values: allRegions + image * regions * channels, rows: regions, size: channels,
      weights: weights, into: sum)
    if let ungated {
      let gate = projected + size
      VectorMath.sigmoid(gate, count: channels, into: gate)
      TrainingMath.multiply(ungated, gate, count: channels, into: context)
    }
  }

  /// - Parameters:
  ///   - keyGradients, regionGradients: `[sentences, regions, …]`, added to.
  ///   - scoreGradient: `[size]`, added to.
  ///   - hiddenGradient, cellGradient: `[places, hidden]`, zeros before, of the initial state after.
  func backward(
    step: PackedMatrix, projection: PackedMatrix, _ trace: AttentionLSTM.Trace,
    score: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>,
    weightGradient: UnsafePointer<Float>, hasWeightGradient: Bool,
    gateGradients: UnsafeMutablePointer<Float>,
    projectedGradients: UnsafeMutablePointer<Float>, keyGradients: UnsafeMutablePointer<Float>,
    regionGradients: UnsafeMutablePointer<Float>, hasRegionGradients: Bool,
    scoreGradient: UnsafeMutablePointer<Float>, hiddenGradient: UnsafeMutablePointer<Float>,
    cellGradient: UnsafeMutablePointer<Float>, threads: Int
  ) {
    let workers = workers(threads)
    // Of each worker: gradients of the context and state, of the weights, and of the score layer.
    let rowsOfWorker = (layout.sequences + workers - 1) / workers
    let scratchSize = (rowsOfWorker * joinedSize + regions + size + channels + 47) / 16 * 16
    let scratch = AlignedBuffer(count: workers * scratchSize)
    withExtendedLifetime((scratch, trace)) {
      trace.withPointers { trace in
        parallelFor(workers, threads: workers) { worker in
          let joinedGradients = scratch.base + worker * scratchSize
          let changes = joinedGradients + rowsOfWorker * joinedSize
          let scoreSum = changes + regions
          let summedGradient = scoreSum + size
          for (index, count) in layout.counts.enumerated().reversed() where worker < count {
            let offset = layout.offsets[index]
            let before = index == 0 ? 0 : layout.offsets[index - 1]
            let rows = (count - worker - 1) / workers + 1
            let first = offset + worker
            for place in stride(from: worker, to: count, by: workers) {
              let row = offset + place
              TrainingMath.lstmBackward(
                gates: trace.gates + row * gates,
                previous: index == 0
                  ? trace.initialCell + place * hidden : trace.cells + (before + place) * hidden,
                cell: trace.cells + row * hidden, outputGradient: outputGradient + row * hidden,
                hiddenGradient: hiddenGradient + place * hidden,
                cellGradient: cellGradient + place * hidden,
                gateGradients: gateGradients + row * gates, size: hidden, isMaxout: isMaxout)
            }
            step(
              gateGradients + first * gates, rows: rows, inputStride: workers * gates,
              into: joinedGradients)
            for (number, place) in stride(from: worker, to: count, by: workers).enumerated() {
              let row = offset + place
              let contextGradient = joinedGradients + number * joinedSize
              let sentence = sentences[place]
              let values = trace.regions + images[place] * regions * channels
              let weights = trace.weights + row * regions
              let projected = trace.projected + row * projectedSize
              let projectedGradient = projectedGradients + row * projectedSize
              var sumGradient = UnsafePointer(contextGradient)
              if hasGate {
                gateBackward(
                  contextGradient, gate: projected + size, sum: trace.ungated + row * channels,
                  gateGradient: projectedGradient + size, sumGradient: summedGradient)
                sumGradient = UnsafePointer(summedGradient)
              }
              TrainingMath.dotRows(
                values, rows: regions, size: channels, sumGradient, into: changes)
              if hasWeightGradient {
                TrainingMath.add(weightGradient + row * regions, count: regions, into: changes)
              }
              softmaxBackward(weights, changes)
              if hasRegionGradients {
                TrainingMath.addOuter(
                  weights, rows: regions, sumGradient, size: channels,
                  into: regionGradients + sentence * regions * channels)
              }
              TrainingMath.attentionBackward(
                keys: trace.keys + images[place] * regions * size, rows: regions, size: size,
                query: projected, weights: score, activation: activation,
                scoreGradients: changes, keyGradients: keyGradients + sentence * regions * size,
                queryGradient: projectedGradient, weightGradient: scoreSum)
              (hiddenGradient + place * hidden).update(
                from: contextGradient + channels, count: hidden)
            }
            projection(
              projectedGradients + first * projectedSize, rows: rows,
              inputStride: workers * projectedSize, into: hiddenGradient + worker * hidden,
              outputStride: workers * hidden, accumulate: true)
          }
        }
        for worker in 0..<workers {
          TrainingMath.add(
            scratch.base + worker * scratchSize + rowsOfWorker * joinedSize + regions,
            count: size, into: scoreGradient)
        }
      }
    }
  }

  /// Of context = sum · gate, where the gate is a sigmoid's result.
  @inline(never)
  private func gateBackward(
    _ contextGradient: UnsafePointer<Float>, gate: UnsafePointer<Float>,
    sum: UnsafePointer<Float>, gateGradient: UnsafeMutablePointer<Float>,
    sumGradient: UnsafeMutablePointer<Float>
  ) {
    for channel in 0..<channels {
      let gate = gate[channel]
      gateGradient[channel] = contextGradient[channel] * sum[channel] * gate * (1 - gate)
      sumGradient[channel] = contextGradient[channel] * gate
    }
  }

  /// Replaces the gradients of softmax's results by those of its arguments.
  @inline(never)
  private func softmaxBackward(
    _ weights: UnsafePointer<Float>, _ gradients: UnsafeMutablePointer<Float>
  ) {
    var mean: Float = 0
    for region in 0..<regions { mean += weights[region] * gradients[region] }
    for region in 0..<regions {
      gradients[region] = weights[region] * (gradients[region] - mean)
    }
  }
}

extension AttentionLSTM.Trace {
  /// The trace's numbers in memory.
  fileprivate struct Pointers {
    let regions, keys, initialCell, projected, ungated, gates, cells, weights: UnsafePointer<Float>
  }

  fileprivate func withPointers(_ body: (Pointers) -> Void) {
    func collect(_ rest: ArraySlice<Tensor>, _ found: [UnsafePointer<Float>]) {
      guard let next = rest.first else {
        body(
          Pointers(
            regions: found[0], keys: found[1], initialCell: found[2], projected: found[3],
            ungated: found[4], gates: found[5], cells: found[6], weights: found[7]))
        return
      }
      next.elements.withUnsafeBufferPointer { elements in
        guard let base = elements.baseAddress else { return }
        collect(rest.dropFirst(), found + [base])
      }
    }
    collect(
      [regions, keys, initialCell, projected, ungated, gates, cells, weights][...], [])
  }
}
