#include "codec/codec.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODEC(name) extern const struct codec codec_##name;
#include "codec/codecs.def"
#undef CODEC

static const struct codec *const table[] = {
#define CODEC(name) &codec_##name,
#include "codec/codecs.def"
#undef CODEC
};

const struct codec *codec_at(size_t i)
{
	return i < sizeof table / sizeof *table ? table[i] : NULL;
}

const char *codec_name(size_t i)
{
	return codec_at(i) ? codec_at(i)->name : NULL;
}

const struct codec *codec_find(const char *name)
{
	size_t i;

	for (i = 0; codec_at(i); i++)
		if (!strcmp(codec_at(i)->name, name))
			return codec_at(i);
	return NULL;
}

static size_t n_params(const struct codec *c)
{
	size_t n = 0;

	while (c->params && c->params[n].name)
		n++;
	return n;
}

static void list_names(char *s, size_t cap)
{
	size_t i, n = 0;

	for (i = 0; codec_at(i) && n + 32 < cap; i++)
		n += (size_t)snprintf(s + n, cap - n, "%s%.24s", i ? ", " : "", codec_at(i)->name);
}

static int find_codec(struct codec_choice *c, const char *text, size_t n, struct fl_err *err)
{
	char name[32] = "", all[400] = "";

	if (n < sizeof name)
		memcpy(name, text, n);
	c->codec = *name ? codec_find(name) : NULL;
	if (c->codec)
		return FL_OK;
	list_names(all, sizeof all);
	return fl_fail(err, FL_USAGE, "there is no codec \"%.*s\"; there are %s", (int)(n < 40 ? n : 40), text, all);
}

/* One of KEY=VALUE or, in the first place, VALUE. */
static int set_param(struct codec_choice *c, const char *s, size_t n, size_t place, struct fl_err *err)
{
	const char *eq = memchr(s, '=', n), *name = c->codec->name;
	size_t i = place, k = eq ? (size_t)(eq - s) : 0, count = n_params(c->codec);
	char num[64] = "", *end;

	if (eq) {
		for (i = 0; i < count; i++)
			if (strlen(c->codec->params[i].name) == k && !memcmp(c->codec->params[i].name, s, k))
				break;
		s = eq + 1;
		n -= k + 1;
	} else if (place) {
		return fl_fail(err, FL_USAGE, "codec %s: \"%.*s\" is not KEY=VALUE", name, (int)(n < 40 ? n : 40), s);
	}
	if (i >= count)
		return fl_fail(err, FL_USAGE, "codec %s takes no \"%.*s\"", name, eq ? (int)(k < 40 ? k : 40) : (int)(n < 40 ? n : 40),
			       eq ? eq - k : s);
	if (n && n < sizeof num)
		memcpy(num, s, n);
	c->v[i] = strtod(num, &end);
	if (!*num || *end || !isfinite(c->v[i]))
		return fl_fail(err, FL_USAGE, "codec %s: %s is \"%.*s\", want a number", name, c->codec->params[i].name,
			       (int)(n < 40 ? n : 40), s);
	return FL_OK;
}

int codec_parse(struct codec_choice *c, const char *text, struct fl_err *err)
{
	size_t n = strcspn(text, ":"), place, i;
	const char *s = text + n;
	int rc;

	TRY(find_codec(c, text, n, err));
	for (i = 0; i < n_params(c->codec); i++)
		c->v[i] = c->codec->params[i].def;
	for (place = 0; *s; place++) {
		s++; /* ':' or ',' */
		n = strcspn(s, ",");
		TRY(set_param(c, s, n, place, err));
		s += n;
	}
	TRY(codec_check(c, err));
out:
	return rc;
}

int codec_check(const struct codec_choice *c, struct fl_err *err)
{
	const struct codec_param *p;
	const char *why;
	size_t i;

	for (i = 0; i < n_params(c->codec); i++) {
		p = &c->codec->params[i];
		if (!(c->v[i] >= p->min && c->v[i] <= p->max))
			return fl_fail(err, FL_USAGE, "codec %s: %s is %g, want %g to %g", c->codec->name, p->name, c->v[i], p->min, p->max);
		if (p->whole && c->v[i] != floor(c->v[i]))
			return fl_fail(err, FL_USAGE, "codec %s: %s is %g, want a whole number", c->codec->name, p->name, c->v[i]);
	}
	why = c->codec->check ? c->codec->check(c->v) : NULL;
	return why ? fl_fail(err, FL_USAGE, "codec %s: %s", c->codec->name, why) : FL_OK;
}

double codec_value(const struct codec_choice *c, const char *name)
{
	size_t i;

	for (i = 0; i < n_params(c->codec); i++)
		if (!strcmp(c->codec->params[i].name, name))
			return c->v[i];
	return NAN;
}

static int memory_read(void *ctx, void *p, size_t n, uint64_t at, struct fl_err *err)
{
	const struct codec_memory *m = ctx;

	(void)err;
	memcpy(p, (const char *)m->p + at, n);
	return FL_OK;
}

struct codec_bytes codec_bytes_of(struct codec_memory *m)
{
	return (struct codec_bytes){ m->n, memory_read, m };
}

int codec_read(const struct codec_bytes *in, void *p, size_t n, uint64_t at, struct fl_err *err)
{
	if (at > in->len || n > in->len - at)
		return fl_fail(err, FL_DATA, "is cut short");
	return n ? in->read(in->ctx, p, n, at, err) : FL_OK;
}

uint64_t codec_chunks(uint64_t n)
{
	return n / CODEC_CHUNK + (n % CODEC_CHUNK > 0);
}
