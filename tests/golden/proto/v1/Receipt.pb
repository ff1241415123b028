
Receipt‰heart"%rounds/000007/updates/h12/envelope.pb*Gb2-256:68726752ff3a62cee0e4f9a1d459c20820001b7d864236bbd4a6bf9c1f2f93bf0·:h12BìÎ•ØL
¨"ûDÇ‹‰P@ô»rğw8Ç•ÌL©÷$û)ìÓ?‰¥‰tÅÒëmL/±ÒP$iĞ\ª^pˆKªõkO˜S¶	;<bÚÍÇ½…