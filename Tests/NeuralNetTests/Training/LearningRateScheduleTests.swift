import NeuralNet
import Testing

@Suite struct LearningRateScheduleTests {
  // With S = torch.optim.lr_scheduler and
  // def rates(make, n):
  //     o = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5); s = make(o); r = []
  //     for _ in range(n): r.append(round(o.param_groups[0]['lr'], 7)); o.step(); s.step()
  //     return r
  @Test(arguments: [
    // rates(lambda o: S.CosineAnnealingLR(o, 8, eta_min=0.05), 9)
    (
      LearningRateSchedule(peak: 0.5, decay: .cosine(steps: 8, final: 0.1)),
      [0.5, 0.4828729, 0.434099, 0.3611038, 0.275, 0.1888962, 0.115901, 0.0671271, 0.05]
    ),
    // rates(lambda o: S.StepLR(o, 3, 0.5), 8)
    (
      LearningRateSchedule(peak: 0.5, decay: .step(every: 3, factor: 0.5)),
      [0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125]
    ),
    // rates(lambda o: S.LinearLR(o, 1.0, 0.2, 5), 8)
    (
      LearningRateSchedule(peak: 0.5, decay: .linear(steps: 5, final: 0.2)),
      [0.5, 0.42, 0.34, 0.26, 0.18, 0.1, 0.1, 0.1]
    ),
    // rates(lambda o: S.SequentialLR(
    //     o, [S.LinearLR(o, 0.25, 1.0, 3), S.CosineAnnealingLR(o, 4)], [3]), 8)
    (
      LearningRateSchedule(peak: 0.5, warmUp: 4, decay: .cosine(steps: 4)),
      [0.125, 0.25, 0.375, 0.5, 0.5, 0.4267767, 0.25, 0.0732233, 0]
    ),
    (LearningRateSchedule(peak: 0.5, warmUp: 2), [0.25, 0.5, 0.5, 0.5]),
  ])
  func `rates are PyTorch's`(schedule: LearningRateSchedule, golden: [Float]) {
    for (step, rate) in golden.enumerated() {
      #expect(abs(schedule.rate(step: step) - rate) < 1e-6, "step \(step)")
    }
  }
}
