
Receipt‰heart"%rounds/000007/updates/h12/envelope.pb*Gb2-256:4491f2a8d831c1d6f3a3bb535751603ad2cef68fc2d1d25e520af54fa03e5ca80·:h12BìÎ•ØL
¨"ûDÇ‹‰P@>_³0Í©ÿÙO‹6²^‚³(š®ÖÒì‘K¿E‰ÅÉ“xßÍ¹|ØÍ¢:O¸áY$Ú$ò@ÙPmíÙ>ë¸Â