
Plan°heart *Gb2-256:fe21792ec707f7e36b7b1f567343912df1b8e18c30b95898ddc163e2ac0d38192Gb2-256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb:Gb2-256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaBGb2-256:ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccJ À•ØR°Ü•ØX`hØpzh12‚Q
momentumd  (1š™™™™™¹?9ÍÌÌÌÌÌì?AYóøÂn¥Iíµ ÷Æ°>Q433333Ó?ZbalancedbschemaŠ-
fedadam{®Gáz„?ÍÌÌÌÌÌì?!+‡ÙÎ÷ï?)ü©ñÒMbP?’stable˜ÿÿÿÿ €£¨ÿÿÿÿÿÿÿÿÿ²700-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01¸L
¨"ûDÇ‹‰P@ã²Á‰´sÖ.e•«‘xœ©õBP5ùJåüŒØ•÷$·vS£+ŞmèÎ¢üä|©9ïŞ¨³IôNÜnI