strassen-profile 1
machine Intel(R) Xeon(R) Processor; 49152 2097152 272629760; avx512
library 0.1.0
created 2026-11-29T22:07:45Z
caches 49152 2097152 272629760
blocking float32 kernel auto mc 288 kc 512 nc 4096
blocking float64 kernel auto mc 144 kc 512 nc 2048
tuning float32 threads 1 cutoff 642 explicit 950 fma 0.011820 pack1 0.333031 pack2 0.488895 pack4 0.924138 pack8 2.282100 update 0.118897 sum 0.147381 leaf 1357.734823 far 0.052650
tuning float32 threads 2 cutoff 760 explicit 1219 fma 0.006420 pack1 0.228875 pack2 0.326642 pack4 0.544665 pack8 1.300517 update 0.077784 sum 0.162962 leaf 1611.446426 far 0.059774
tuning float64 threads 1 cutoff 760 explicit 950 fma 0.023406 pack1 0.710633 pack2 1.068734 pack4 1.871075 pack8 4.594258 update 0.232986 sum 0.282792 leaf 1478.400992 far 0.117180
tuning float64 threads 2 cutoff 760 explicit 1219 fma 0.012182 pack1 0.876258 pack2 0.784194 pack4 1.049448 pack8 2.638736 update 0.134493 sum 0.120736 leaf 1383.040945 far 0.121840
