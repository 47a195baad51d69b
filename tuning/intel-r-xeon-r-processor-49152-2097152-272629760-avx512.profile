strassen-profile 1
machine Intel(R) Xeon(R) Processor; 49152 2097152 272629760; avx512
library 0.1.0
created 2026-11-30T04:48:32Z
caches 49152 2097152 272629760
blocking float32 kernel auto mc 288 kc 512 nc 4096
blocking float64 kernel auto mc 144 kc 512 nc 2048
tuning float32 threads 1 cutoff 560 explicit 900 fma 0.012042 pack1 0.329535 pack2 0.455605 pack4 0.905875 pack8 2.339617 update 0.122665 sum 0.146676 leaf 1670.784032 far 0.061076
tuning float32 threads 2 cutoff 560 explicit 950 fma 0.006000 pack1 0.201944 pack2 0.255606 pack4 0.450814 pack8 1.208642 update 0.067590 sum 0.134426 leaf 1884.623583 far 0.039998
tuning float64 threads 1 cutoff 642 explicit 950 fma 0.023911 pack1 0.685400 pack2 0.992104 pack4 1.851922 pack8 4.683959 update 0.227992 sum 0.258972 leaf 1640.247312 far 0.138465
tuning float64 threads 2 cutoff 642 explicit 950 fma 0.012026 pack1 0.436549 pack2 0.544328 pack4 0.869777 pack8 2.371994 update 0.128175 sum 0.229248 leaf 1719.844102 far 0.074986
