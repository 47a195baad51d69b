strassen-profile 1
machine Intel(R) Xeon(R) Processor; 49152 2097152 272629760; avx512
library 0.1.0
created 2026-11-29T19:03:47Z
caches 49152 2097152 272629760
blocking float32 kernel auto mc 288 kc 512 nc 4096
blocking float64 kernel auto mc 144 kc 512 nc 2048
tuning float32 threads 1 cutoff 760 explicit 1219 fma 0.012033 pack1 0.268863 pack2 0.457382 pack4 0.821496 pack8 2.282100 update 0.133284 sum 0.120458 leaf 1747.818072 far 0.051976
tuning float32 threads 2 cutoff 1400 explicit 1300 fma 0.006124 pack1 0.151112 pack2 0.308750 pack4 0.529516 pack8 1.272786 update 0.081641 sum 0.151556 leaf 1971.720500 far 0.058063
tuning float64 threads 1 cutoff 760 explicit 1219 fma 0.023985 pack1 0.545510 pack2 0.959742 pack4 1.661305 pack8 4.594258 update 0.269809 sum 0.243105 leaf 1761.898352 far 0.106528
tuning float64 threads 2 cutoff 1000 explicit 1400 fma 0.012301 pack1 0.309992 pack2 0.654943 pack4 1.078128 pack8 2.582481 update 0.166489 sum 0.305252 leaf 1990.543804 far 0.121701
