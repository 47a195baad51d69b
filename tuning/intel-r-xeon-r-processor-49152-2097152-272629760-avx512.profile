strassen-profile 1
machine Intel(R) Xeon(R) Processor; 49152 2097152 272629760; avx512
library 0.1.0
created 2026-11-29T10:27:30Z
caches 49152 2097152 272629760
blocking float32 kernel auto mc 288 kc 512 nc 4096
blocking float64 kernel auto mc 144 kc 512 nc 2048
tuning float32 threads 1 cutoff 384 explicit 525 fma 0.012085 pack1 0.269791 pack2 0.459975 pack4 0.837017 pack8 2.312474 update 0.135516 sum 0.120774 leaf 1771.130700 far 0.052685
tuning float32 threads 2 cutoff 1350 explicit 1350 fma 0.006332 pack1 0.159118 pack2 0.333011 pack4 0.555391 pack8 1.370665 update 0.088749 sum 0.156973 leaf 2123.137639 far 0.062588
tuning float64 threads 1 cutoff 384 explicit 525 fma 0.024534 pack1 0.557384 pack2 0.959782 pack4 1.667743 pack8 4.657652 update 0.275029 sum 0.250268 leaf 1784.754546 far 0.108394
tuning float64 threads 2 cutoff 975 explicit 975 fma 0.012322 pack1 0.308613 pack2 0.637896 pack4 1.069818 pack8 2.580880 update 0.166945 sum 0.306066 leaf 1983.720856 far 0.122902
