strassen-profile 1
machine AMD EPYC; 32768 524288 33554432; avx2
library 0.1.0
created 2026-11-24T23:45:22Z
caches 32768 524288 33554432
blocking float32 kernel auto mc 96 kc 512 nc 4098
blocking float64 kernel auto mc 48 kc 512 nc 2052
tuning float32 threads 1 cutoff 285 explicit 355 fma 0.020747 pack1 0.243299 pack2 0.390770 pack4 0.881711 pack8 2.112843 update 0.162481 sum 0.130547 leaf 1584.740954 far 0.056253
tuning float32 threads 2 cutoff 375 explicit 355 fma 0.010500 pack1 0.125981 pack2 0.289548 pack4 0.629817 pack8 1.099793 update 0.091902 sum 0.094303 leaf 1728.306768 far 0.046541
tuning float64 threads 1 cutoff 285 explicit 355 fma 0.041767 pack1 0.463498 pack2 0.772408 pack4 1.622872 pack8 4.196706 update 0.248053 sum 0.216640 leaf 1661.835336 far 0.099322
tuning float64 threads 2 cutoff 375 explicit 675 fma 0.021169 pack1 0.245870 pack2 0.536971 pack4 1.111587 pack8 2.219656 update 0.144410 sum 0.181472 leaf 1679.113256 far 0.152506
