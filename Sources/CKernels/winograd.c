#include "CKernels.h"

// G of F(2, 3) and F(4, 3) (Lavin and Gray, arXiv 1509.09308): row i evaluates the filter at the
// i-th point, (1, p, p²) / Π (p - other points); the last point is infinity. The points of F(4, 3)
// are 0, ±a and ±b with a = 5/8 and b = 3/2; the transforms in kernels.inc.h say why.
static const double points_2[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
#define A (5.0 / 8)
#define B (3.0 / 2)
#define N_A (2 * A * A * (A * A - B * B))
#define N_B (2 * B * B * (B * B - A * A))
static const double points_4[6][3] = {
    {1 / (A * A * B * B), 0, 0},        {1 / N_A, A / N_A, A * A / N_A},
    {1 / N_A, -A / N_A, A * A / N_A}, {1 / N_B, B / N_B, B * B / N_B},
    {1 / N_B, -B / N_B, B * B / N_B}, {0, 0, 1}};

void ck_winograd_filter(int size, const float *filter, float *result) {
  const double(*g)[3] = size == 2 ? points_2 : points_4;
  const int side = size + 2;
  double half_way[6][3];
  for (int i = 0; i < side; i++)
    for (int x = 0; x < 3; x++)
      half_way[i][x] = g[i][0] * filter[x] + g[i][1] * filter[3 + x] + g[i][2] * filter[6 + x];
  for (int i = 0; i < side; i++)
    for (int j = 0; j < side; j++)
      result[i * side + j] = (float)(half_way[i][0] * g[j][0] + half_way[i][1] * g[j][1] +
                                     half_way[i][2] * g[j][2]);
}
