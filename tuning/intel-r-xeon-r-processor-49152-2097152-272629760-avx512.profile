strassen-profile 1
machine Intel(R) Xeon(R) Processor; 49152 2097152 272629760; avx512
library 0.1.0
created 2026-11-29T18:11:37Z
caches 49152 2097152 272629760
blocking float32 kernel auto mc 288 kc 512 nc 4096
blocking float64 kernel auto mc 144 kc 512 nc 2048
tuning float32 threads 1 cutoff 760 explicit 1300 fma 0.012163 pack1 0.272206 pack2 0.474682 pack4 0.849363 pack8 2.310607 update 0.136459 sum 0.124334 leaf 1776.167284 far 0.052645
tuning float32 threads 2 cutoff 1400 explicit 1300 fma 0.006168 pack1 0.156983 pack2 0.336701 pack4 0.548702 pack8 1.321162 update 0.085693 sum 0.159276 leaf 2052.876893 far 0.060284
tuning float64 threads 1 cutoff 760 explicit 1219 fma 0.024025 pack1 0.544441 pack2 0.973218 pack4 1.674482 pack8 4.615981 update 0.272037 sum 0.246502 leaf 1769.627868 far 0.107435
tuning float64 threads 2 cutoff 1219 explicit 1300 fma 0.012343 pack1 0.309303 pack2 0.664552 pack4 1.089860 pack8 2.600436 update 0.170508 sum 0.312863 leaf 2003.701866 far 0.123487
