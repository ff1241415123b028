#include "model/kernel.h"

#include <stdlib.h>
#include <string.h>

static const struct kernel *const table[] = {
	&kernel_plain,
#if defined __x86_64__
	&kernel_avx2,
	&kernel_avx512,
#endif
};

#define N_KERNELS (sizeof table / sizeof *table)

const struct kernel *kernel_at(size_t i)
{
	return i < N_KERNELS ? table[i] : NULL;
}

int kernel_pick(const struct kernel **k, struct fl_err *err)
{
	const char *want = getenv("FL_KERNEL");
	char shown[40];
	size_t i;

	*k = NULL;
	for (i = 0; i < N_KERNELS; i++)
		if (want && *want ? !strcmp(table[i]->name, want) : table[i]->supported())
			*k = table[i];
	if (!*k)
		return fl_fail(err, FL_CONFIG, "FL_KERNEL: no kernel \"%s\"; try plain, avx2 or avx512",
			       fl_err_quote(shown, 32, want, strlen(want)));
	if (!(*k)->supported())
		return fl_fail(err, FL_CONFIG, "FL_KERNEL: this processor has no %s", (*k)->name);
	return FL_OK;
}
