strassen-profile 1
machine Intel(R) Xeon(R) Processor; 49152 2097152 272629760; avx512
library 0.1.0
created 2026-11-29T13:43:55Z
caches 49152 2097152 272629760
blocking float32 kernel auto mc 288 kc 512 nc 4096
blocking float64 kernel auto mc 144 kc 512 nc 2048
tuning float32 threads 1 cutoff 560 explicit 760 fma 0.012797 pack1 0.292404 pack2 0.499779 pack4 0.911049 pack8 2.500173 update 0.147552 sum 0.132308 leaf 1924.516311 far 0.056910
tuning float32 threads 2 cutoff 975 explicit 1000 fma 0.007612 pack1 0.187402 pack2 0.379204 pack4 0.657218 pack8 1.611723 update 0.102363 sum 0.174088 leaf 2482.427493 far 0.073497
tuning float64 threads 1 cutoff 525 explicit 760 fma 0.024820 pack1 0.561261 pack2 0.982066 pack4 1.747091 pack8 4.761666 update 0.280589 sum 0.253536 leaf 1832.207179 far 0.110432
tuning float64 threads 2 cutoff 975 explicit 1300 fma 0.013316 pack1 0.337497 pack2 0.740367 pack4 1.184579 pack8 2.830045 update 0.184612 sum 0.343451 leaf 2193.393380 far 0.133085
