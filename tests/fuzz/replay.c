/* Runs a fuzz target over the files named, under any compiler: TAP, and a crash is a crash. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	struct fl_err err;
	int i;

	for (i = 1; i < argc; i++) {
		struct buf b = { 0 };
		const char *slash = strrchr(argv[i], '/');
		uint8_t *exact;

		if (in_slurp(&b, argv[i], &err) != FL_OK || !(exact = malloc(b.len ? b.len : 1))) {
			printf("Bail out! cannot read %s\n", argv[i]);
			return 1;
		}
		if (b.len)
			memcpy(exact, b.data, b.len); /* so that a sanitizer sees a read past the end */
		LLVMFuzzerTestOneInput(exact, b.len);
		printf("ok %d - %s\n", i, slash ? slash + 1 : argv[i]);
		fflush(stdout);
		free(exact);
		buf_clear(&b);
	}
	printf("1..%d\n", argc - 1);
	return argc < 2;
}
