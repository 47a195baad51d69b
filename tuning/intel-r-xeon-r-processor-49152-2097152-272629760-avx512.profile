strassen-profile 1
machine Intel(R) Xeon(R) Processor; 49152 2097152 272629760; avx512
library 0.1.0
created 2026-11-30T00:49:21Z
caches 49152 2097152 272629760
blocking float32 kernel auto mc 288 kc 512 nc 4096
blocking float64 kernel auto mc 144 kc 512 nc 2048
tuning float32 threads 1 cutoff 560 explicit 900 fma 0.011984 pack1 0.338320 pack2 0.464832 pack4 0.927068 pack8 2.351849 update 0.126761 sum 0.156868 leaf 1620.404222 far 0.053984
tuning float32 threads 2 cutoff 560 explicit 950 fma 0.006016 pack1 0.206179 pack2 0.259727 pack4 0.475784 pack8 1.224449 update 0.072439 sum 0.150244 leaf 1788.709809 far 0.055907
tuning float64 threads 1 cutoff 642 explicit 950 fma 0.023725 pack1 0.721213 pack2 1.032034 pack4 1.943022 pack8 4.743648 update 0.245750 sum 0.289561 leaf 1593.739102 far 0.118326
tuning float64 threads 2 cutoff 642 explicit 950 fma 0.011995 pack1 0.458628 pack2 0.558681 pack4 0.936369 pack8 2.465344 update 0.145132 sum 0.260178 leaf 1672.710117 far 0.114280
