import Foundation
import NeuralNet
import Testing

@Suite struct PlateauScheduleTests {
  // Among them some that are better by less than the threshold, or by hardly more.
  let measures = [
    0.2, 0.31, 0.31001, 0.3104, 0.3104, 0.3, 0.32, 0.31, 0.32003, 0.3201, 0.2, 0.5, 0.4, .nan, 0.49,
    0.48, 0.47, 0.46,
  ]

  // PyTorch 2.15, its patience being one less than this one's:
  // o = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
  // s = torch.optim.lr_scheduler.ReduceLROnPlateau(o, mode='max', factor=0.5, patience=patience)
  // for m in measures: s.step(m); print(o.param_groups[0]['lr'])
  @Test(arguments: [
    (
      0,
      [
        0.5, 0.5, 0.25, 0.25, 0.125, 0.0625, 0.0625, 0.03125, 0.015625, 0.015625, 0.0078125,
        0.0078125, 0.00390625, 0.001953125, 0.0009765625, 0.00048828125, 0.000244140625,
        0.0001220703125,
      ]
    ),
    (
      1,
      [
        0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125, 0.125, 0.125, 0.0625,
        0.0625, 0.03125, 0.03125, 0.015625,
      ]
    ),
    (
      2,
      [
        0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25,
        0.125,
      ]
    ),
  ])
  func `the rate falls when PyTorch's does, also after it was saved`(
    patience: Int, golden: [Float]
  ) throws {
    var schedule = LearningRateSchedule(
      peak: 0.5, decay: .plateau(PlateauSchedule(patience: patience + 1, factor: 0.5)))
    for (measure, rate) in zip(measures, golden) {
      let before = schedule.rate(step: 0)
      let fell = schedule.observe(measure)
      #expect(fell == (rate < before))
      #expect(schedule.rate(step: 0) == rate)
      schedule = try JSONDecoder().decode(
        LearningRateSchedule.self, from: JSONEncoder().encode(schedule))
    }
  }

  @Test func `a negative measure that stays as it is is no improvement`() {
    var schedule = LearningRateSchedule(
      peak: 1, decay: .plateau(PlateauSchedule(patience: 1, factor: 0.5)))
    let fell = [-2, -2, -1, -1.5].map { schedule.observe($0) }
    #expect(fell == [false, true, false, true])
  }
}
