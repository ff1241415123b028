
Sealÿheart *Gb2-256:a3872fb24c52b3a06293b9f9a01c9789fac7eefd9a19ea8915f4d40170ab79552 
h12Gb2-256:4491f2a8d831c1d6f3a3bb535751603ad2cef68fc2d1d25e520af54fa03e5ca8Gb2-256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd €€€€€€B°Ü•ØL
¨"ûDÇ‹‰P@„u€˜‹*Ú¨h¦ï_—
%1k¹,[Úpš¥ôê“UÜ0iALgTŞˆfa{XÁß¦ÚRv›Ú.&ªš2ıH