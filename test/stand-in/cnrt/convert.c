/*
 * float16 as the vendor's library casts to it (mlu-ops, core/tool.cpp): half away from zero, nothing lost to zero, and 65504 from
 * 65536 on; what lies between the two rounds up to infinity there.
 */
#include <string.h>

#include "stand-in.h"

static uint16_t half_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  uint16_t sign = (bits >> 16) & 0x8000;
  uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7bff;
  if (magnitude == 0) return sign;
  int exponent = (int)(magnitude >> 23) - 127;
  uint32_t mantissa = (magnitude & 0x7fffff) | 0x800000;
  int dropped = exponent >= -14 ? 13 : -1 - exponent;
  uint32_t kept = dropped > 24 ? 0 : (mantissa >> dropped) + ((mantissa >> (dropped - 1)) & 1);
  if (exponent < -14) return sign | (kept ? kept : 1);
  return sign | (((uint32_t)(exponent + 15) << 10) + (kept - 0x400));
}

static float float_of(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = (half >> 10) & 31, mantissa = half & 0x3ff, bits;
  if (exponent == 31)
    bits = sign | 0x7f800000 | mantissa << 13;
  else if (exponent)
    bits = sign | (exponent + 112) << 23 | mantissa << 13;
  else {
    float small = mantissa * 0x1p-24f;
    memcpy(&bits, &small, 4);
    bits |= sign;
  }
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

float float_at(const void *data, int type, size_t index) {
  if (type == FLOAT16) return float_of(((const uint16_t *)data)[index]);
  if (type == UINT8) return ((const uint8_t *)data)[index];
  return ((const float *)data)[index];
}

void put_float(void *data, int type, size_t index, float value) {
  if (type == FLOAT16)
    ((uint16_t *)data)[index] = half_of(value);
  else
    ((float *)data)[index] = value;
}
