
Sealÿheart *Gb2-256:9ffc7b7b5d9e16c805709b30d173aa67490ea79f105cbeab1bffec2c1e9e939c2 
h12Gb2-256:68726752ff3a62cee0e4f9a1d459c20820001b7d864236bbd4a6bf9c1f2f93bfGb2-256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd €€€€€€B°Ü•ØL
¨"ûDÇ‹‰P@Í–ê„É64õ1¨H½³ô)v6(Äjâ=™wÉÈœ»”©ë»€ËŸÍSn°7ÉĞ¶pŞ·È;À‰`µ