strassen-profile 1
machine AMD EPYC; 49152 1048576 33554432; avx512
library 0.1.0
created 2026-11-29T06:08:41Z
caches 49152 1048576 33554432
blocking float32 kernel auto mc 192 kc 512 nc 4096
blocking float64 kernel auto mc 96 kc 512 nc 2048
tuning float32 threads 1 cutoff 384 explicit 711 fma 0.007865 pack1 0.164252 pack2 0.230688 pack4 0.437613 pack8 1.434177 update 0.077098 sum 0.069964 leaf 1095.029366 far 0.034141
tuning float32 threads 2 cutoff 711 explicit 711 fma 0.004658 pack1 0.100544 pack2 0.178405 pack4 0.321015 pack8 0.924541 update 0.054839 sum 0.080985 leaf 1429.880064 far 0.042666
tuning float64 threads 1 cutoff 285 explicit 525 fma 0.015516 pack1 0.321755 pack2 0.423383 pack4 0.780838 pack8 2.800741 update 0.137942 sum 0.126840 leaf 1055.342190 far 0.066497
tuning float64 threads 2 cutoff 285 explicit 525 fma 0.007990 pack1 0.159498 pack2 0.205490 pack4 0.431598 pack8 1.425449 update 0.069174 sum 0.102800 leaf 1055.735936 far 0.065560
