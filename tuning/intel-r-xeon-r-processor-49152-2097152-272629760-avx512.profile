strassen-profile 1
machine Intel(R) Xeon(R) Processor; 49152 2097152 272629760; avx512
library 0.1.0
created 2026-11-29T19:50:37Z
caches 49152 2097152 272629760
blocking float32 kernel auto mc 288 kc 512 nc 4096
blocking float64 kernel auto mc 144 kc 512 nc 2048
tuning float32 threads 1 cutoff 642 explicit 950 fma 0.011820 pack1 0.333031 pack2 0.488895 pack4 0.924138 pack8 2.282100 update 0.118897 sum 0.147381 leaf 1357.734823 far 0.052650
tuning float32 threads 2 cutoff 1000 explicit 1219 fma 0.005942 pack1 0.183094 pack2 0.339581 pack4 0.716773 pack8 1.252843 update 0.086425 sum 0.173436 leaf 1457.144692 far 0.057725
tuning float64 threads 1 cutoff 760 explicit 950 fma 0.023406 pack1 0.710633 pack2 1.068734 pack4 1.871075 pack8 4.594258 update 0.232986 sum 0.282792 leaf 1478.400992 far 0.117180
tuning float64 threads 2 cutoff 1000 explicit 1219 fma 0.011945 pack1 0.404097 pack2 0.734765 pack4 1.455366 pack8 2.540903 update 0.169950 sum 0.332948 leaf 1593.105074 far 0.132660
