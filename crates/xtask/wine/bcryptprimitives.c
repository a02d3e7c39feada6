/* For tests in wine 8, which has no such library: Rust's standard library takes its random numbers from it. Never shipped. */
unsigned char __stdcall SystemFunction036(void *buffer, unsigned long length);
__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *data, unsigned long long length) { return length <= 0xffffffffULL && SystemFunction036(data, (unsigned long)length); }
