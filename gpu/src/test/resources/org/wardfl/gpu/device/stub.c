/* A driver with two devices, as far as the driver API's device management goes. */
#include <string.h>

int cuInit(unsigned int flags) {
  return flags;
}

int cuDeviceGetCount(int *count) {
  *count = 2;
  return 0;
}

int cuDeviceGet(int *device, int ordinal) {
  *device = ordinal;
  return 0;
}

int cuDeviceGetName(char *name, int length, int device) {
  strncpy(name, device == 0 ? "Stub A100" : "Stub T4", length);
  return 0;
}

int cuDeviceTotalMem_v2(size_t *bytes, int device) {
  *bytes = device == 0 ? 42949672960UL : 16106127360UL;
  return 0;
}

int cuDeviceGetUuid(char *uuid, int device) {
  for (int i = 0; i < 16; i++) {
    uuid[i] = (char)(device * 16 + i);
  }
  return 0;
}
