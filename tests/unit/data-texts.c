/* Distinct texts keep their numbers while the set grows. */
#include "data/texts.h"

#include <string.h>

#include "check.h"

int main(void)
{
	struct texts t = { 0 };
	struct fl_err err = { 0 };
	char text[32];
	size_t at = 9, i, good = 0;

	CHECK(texts_find(&t, "a", 1) == TEXTS_NONE, "nothing is in an empty set");
	CHECK(texts_add(&t, "", 0, &at, &err) == FL_OK && at == 0, "the empty text is one");
	CHECK(texts_add(&t, "abc", 2, &at, &err) == FL_OK && at == 1 && !strcmp(t.v[1], "ab"), "only the bytes given are kept");
	CHECK(texts_find(&t, "abc", 3) == TEXTS_NONE && texts_find(&t, "a", 1) == TEXTS_NONE, "longer and shorter ones differ");
	for (i = 2; i < 10000; i++)
		good += texts_add(&t, text, (size_t)sprintf(text, "text number %zu", i), &at, &err) == FL_OK && at == i;
	for (i = 2; i < 10000; i++)
		good += texts_find(&t, text, (size_t)sprintf(text, "text number %zu", i)) == i;
	CHECK(good == 2 * 9998 && t.n == 10000, "numbers go by first appearance and stay");
	CHECK(texts_add(&t, "ab", 2, &at, &err) == FL_OK && at == 1 && t.n == 10000, "a text that is there keeps its number");
	texts_clear(&t);
	return check_done();
}
