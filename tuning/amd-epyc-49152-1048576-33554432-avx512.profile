strassen-profile 1
machine AMD EPYC; 49152 1048576 33554432; avx512
library 0.1.0
created 2026-11-29T06:58:22Z
caches 49152 1048576 33554432
blocking float32 kernel auto mc 192 kc 512 nc 4096
blocking float64 kernel auto mc 96 kc 512 nc 2048
tuning float32 threads 1 cutoff 285 explicit 525 fma 0.007686 pack1 0.159440 pack2 0.206333 pack4 0.405182 pack8 1.410905 update 0.071958 sum 0.066204 leaf 1069.551900 far 0.032769
tuning float32 threads 2 cutoff 525 explicit 525 fma 0.004079 pack1 0.080702 pack2 0.115142 pack4 0.226157 pack8 0.750384 update 0.038826 sum 0.061126 leaf 1131.437103 far 0.034767
tuning float64 threads 1 cutoff 285 explicit 525 fma 0.015271 pack1 0.304264 pack2 0.353215 pack4 0.685661 pack8 2.711762 update 0.126069 sum 0.113540 leaf 1015.537167 far 0.062659
tuning float64 threads 2 cutoff 285 explicit 525 fma 0.008375 pack1 0.160418 pack2 0.194619 pack4 0.412986 pack8 1.475237 update 0.068901 sum 0.104289 leaf 1092.447907 far 0.066036
