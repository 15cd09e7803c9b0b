// Vector types of VECTOR_WIDTH floats. Only the .c files of the instruction sets include this.
#ifndef CKERNELS_VECTORS_H
#define CKERNELS_VECTORS_H

#include <stddef.h>
#include <stdint.h>

typedef float vec __attribute__((ext_vector_type(VECTOR_WIDTH)));
typedef float vec_unaligned
    __attribute__((ext_vector_type(VECTOR_WIDTH), aligned(4), may_alias));
typedef int32_t int_vec __attribute__((ext_vector_type(VECTOR_WIDTH)));

#endif
