

FederationÔheart *Gb2-256:fe21792ec707f7e36b7b1f567343912df1b8e18c30b95898ddc163e2ac0d38190:f
coordinator8RWSoIvtEx4uJUI9z/u/ailAPx3gn2jCfvS5h1D2tjPIsZTofSZ3qz8Lz2UniversitÃ¤tsklinik SÃ¼d:i
h128RWTWYLgAbagpHuKj1lAF/YDA2Oq51typuyv4K1p7TqFR2NaiapmAV4KW"€òÖÊ*€Ààè2St. "Mary" â€“ æ±äº¬BE
8RWTqXUjqCRZbkvb/EU/3KtUejC9pHtiDiZp/ylgeTmoe3VQQRy2ezfsy	€ÚÏÏèJGb2-256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaRˆ†õĞ€åšwZÿ—–áÿ“ëÜL
¨"ûDÇ‹‰P@Áÿ;­yáÔ¡‹“Ö1ÿ±ê¯ùŒ&Ô‚­óO~/L/¥‚Ãh\ˆo5ƒYÚ{`@¬ïBX<
ö'êó?