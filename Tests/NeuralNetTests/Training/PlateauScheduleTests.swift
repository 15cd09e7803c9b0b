import Foundation
import NeuralNet
import Testing

@Suite struct PlateauScheduleTests {
  // o = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
  // s = torch.optim.lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=2, min_lr=0.1)
  // for m in measures: s.step(m); print(o.param_groups[0]['lr'])
  let measures = [
    3, 2, 2.5, 2.1, 1.99999, 2.2, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2, 2, 2, 2, 2,
  ]
  let golden: [Float] = [
    0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125, 0.1, 0.1, 0.1, 0.1, 0.1,
  ]

  @Test func `the rate falls when PyTorch's does, also after it was saved`() throws {
    var schedule = PlateauSchedule(rate: 0.5, factor: 0.5, patience: 2, minimum: 0.1)
    for (measure, rate) in zip(measures, golden) {
      let before = schedule.rate
      let fell = schedule.observe(measure)
      #expect(fell == (rate < before))
      #expect(schedule.rate == rate)
      schedule = try JSONDecoder().decode(
        PlateauSchedule.self, from: JSONEncoder().encode(schedule))
    }
  }

  @Test func `a greater measure can be the better one`() {
    var schedule = PlateauSchedule(rate: 1, factor: 0.5, patience: 0, isGreaterBetter: true)
    let fell = [0.3, 0.4, 0.4].map { schedule.observe($0) }
    #expect(fell == [false, false, true])
    #expect(schedule.rate == 0.5 && schedule.best == 0.4)
  }
}
