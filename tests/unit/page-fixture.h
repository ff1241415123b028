/* A hub's folder with a federation in it, as fl-serve would have it after some rounds, for the tests of the status page. */
#ifndef FL_TESTS_PAGE_FIXTURE_H
#define FL_TESTS_PAGE_FIXTURE_H

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/name.h"
#include "wire-make.h"

struct fixture {
	char root[160], name[32];
	unsigned participants, rounds;
	const char *operator; /* of every participant, and the note of channel entries; inside JSON */
	const char *metrics;  /* JSON of a Result's; NULL: auc, brier and log_loss that get better */
	time_t now;
	struct key *key;      /* of ann, who is everything but a participant */
};

/* Write bytes under root/name/object, with their folders, as of time t. */
static inline int fixture_put(const struct fixture *f, const char *object, const void *p, size_t n, time_t t)
{
	struct timespec at[2] = { { t, 0 }, { t, 0 } };
	char path[512];
	char *s;
	int fd, ok;

	snprintf(path, sizeof path, "%s/%s/%s", f->root, f->name, object);
	for (s = path + strlen(f->root); (s = strchr(s + 1, '/'));) {
		*s = 0;
		mkdir(path, 0777);
		*s = '/';
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	ok = fd >= 0 && write(fd, p, n) == (ssize_t)n && futimens(fd, at) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

static inline int fixture_message(const struct fixture *f, const char *object, const char *type, const char *text, time_t t)
{
	ProtobufCMessage *m = NULL;
	struct buf b = { 0 };
	struct fl_err err = { 0 };
	int ok = from_text(&m, type, text, &err) == FL_OK && signed_make(&b, msg_find(type), m, f->key, &err) == FL_OK &&
		fixture_put(f, object, b.data, b.len, t);

	if (!ok)
		printf("# %s: %s\n", object, err.msg);
	buf_clear(&b);
	msg_free(m);
	return ok;
}

static inline const char *fixture_time(char text[32], time_t t)
{
	struct tm tm;

	strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
	return text;
}

static inline const char *fixture_who(const struct fixture *f, char text[16], unsigned p)
{
	snprintf(text, 16, "h%0*u", f->participants < 100 ? 2 : 5, p + 1);
	return text;
}

/* What participant p did in round r: 0 missing, 1 late, 2 there but left out, else delivered. */
static inline unsigned fixture_fate(unsigned p, unsigned r)
{
	return (p * 7 + r * 13) % 23;
}

static inline int fixture_roster(const struct fixture *f)
{
	struct buf b = { 0 };
	struct key *k;
	char line[KEY_TEXT], when[32], who[16];
	unsigned p;
	int ok = buf_addf(&b, NULL, "{'version':1,'name':'%s','serial':1,'threshold':1,'schema':'" D1 "','created':'%s','members':["
			  "{'name':'ann','publicKey':'%s','operator':'University Hospital','roles':['ROLE_ADMIN','ROLE_COORDINATOR','ROLE_HUB']}",
			  f->name, fixture_time(when, f->now - 40 * 86400), key_line(f->key, line)) == FL_OK;

	for (p = 0; p < f->participants && ok; p++) {
		ok = key_generate(&k, NULL) == FL_OK &&
			buf_addf(&b, NULL, ",{'name':'%s','publicKey':'%s','operator':'%s','roles':['ROLE_PARTICIPANT']}", fixture_who(f, who, p),
				 key_line(k, line), f->operator ? f->operator : "") == FL_OK;
		key_close(k);
	}
	ok = ok && buf_adds(&b, "]}", NULL) == FL_OK && fixture_message(f, "federation.pb", "Federation", b.data, f->now - 40 * 86400);
	buf_clear(&b);
	return ok;
}

/* Envelopes of round r; the page looks only at whether they are there. */
static inline int fixture_updates(const struct fixture *f, unsigned r, time_t opened, int open)
{
	char name[NAME_MAX_LEN + 1], who[16];
	unsigned p, fate;
	int ok = 1;

	for (p = 0; p < f->participants && ok; p++) {
		fate = fixture_fate(p, r);
		name_envelope(name, r, fixture_who(f, who, p));
		if (fate && !(open && fate < 8))
			ok = fixture_put(f, name, "x", 1, opened + 600);
	}
	return ok;
}

static inline int fixture_seal(const struct fixture *f, unsigned r, time_t deadline)
{
	char name[NAME_MAX_LEN + 1], when[32], who[16];
	struct buf b = { 0 };
	unsigned p, n = 0;
	int ok = buf_addf(&b, NULL, "{'version':1,'federation':'%s','round':%u,'plan':'" D1 "','sealed':'%s','entries':[", f->name, r,
			  fixture_time(when, deadline)) == FL_OK;

	for (p = 0; p < f->participants && ok; p++)
		if (fixture_fate(p, r) > 2)
			ok = buf_addf(&b, NULL, "%s{'participant':'%s','envelope':'" D1 "','payload':'" D2 "','payloadSize':'100'}",
				      n++ ? "," : "", fixture_who(f, who, p)) == FL_OK;
	ok = ok && buf_adds(&b, "],'leftOut':[", NULL) == FL_OK;
	for (p = n = 0; p < f->participants && ok; p++)
		if (fixture_fate(p, r) == 2)
			ok = buf_addf(&b, NULL, "%s'%s'", n++ ? "," : "", fixture_who(f, who, p)) == FL_OK;
	name_round(name, r, "seal.pb");
	ok = ok && buf_adds(&b, "]}", NULL) == FL_OK && fixture_message(f, name, "Seal", b.data, deadline + 30);
	buf_clear(&b);
	return ok;
}

static inline int fixture_result(const struct fixture *f, unsigned r, time_t made)
{
	char name[NAME_MAX_LEN + 1], when[32], text[2048], metrics[512];
	double x = 1.0 / (1 + 0.3 * r), wiggle = ((int)(r * 7919 % 11) - 5) * 0.0012;

	snprintf(metrics, sizeof metrics, "{'name':'auc','value':%.6f},{'name':'brier','value':%.6f},{'name':'log_loss','value':%.6f}",
		 0.84 - 0.15 * x + wiggle, 0.16 + 0.09 * x - wiggle, 0.48 + 0.21 * x - 2 * wiggle);
	snprintf(text, sizeof text, "{'version':1,'federation':'%s','round':%u,'seal':'" D1 "','baseModel':'" D1 "','model':'" D2
		 "','participants':%u,'made':'%s','metrics':[%s]}", f->name, r, f->participants, fixture_time(when, made),
		 f->metrics ? f->metrics : metrics);
	name_round(name, r, "result.pb");
	return fixture_message(f, name, "Result", text, made);
}

/* An hour each, the last one open since half an hour. */
static inline int fixture_round(const struct fixture *f, unsigned r)
{
	char name[NAME_MAX_LEN + 1], when[2][32], text[2048];
	time_t opened = f->now - 1800 - (time_t)(f->rounds - r) * 7200, deadline = opened + 3600;
	int open = r == f->rounds, ok;

	snprintf(text, sizeof text, "{'version':1,'federation':'%s','round':%u,'roster':'" D1 "','baseModel':'" D2
		 "','opened':'%s','deadline':'%s','quorum':%u}", f->name, r, fixture_time(when[0], opened), fixture_time(when[1], deadline),
		 (f->participants * 3 + 3) / 4);
	name_round(name, r, "plan.pb");
	ok = fixture_message(f, name, "Plan", text, opened);
	if (f->rounds - r < 25)
		ok = ok && fixture_updates(f, r, opened, open);
	return ok && (open || (fixture_seal(f, r, deadline) && fixture_result(f, r, deadline + 60)));
}

static inline int fixture_channel(const struct fixture *f, const char *channel, unsigned serial, unsigned round)
{
	char name[NAME_MAX_LEN + 1], when[32], text[2048];

	snprintf(text, sizeof text, "{'version':1,'federation':'%s','name':'%s','serial':%u,'model':'" D2 "','round':%u,'note':'%s','made':'%s'%s}",
		 f->name, channel, serial, round, f->operator ? f->operator : "", fixture_time(when, f->now - (time_t)(f->rounds - round) * 7200),
		 serial > 1 ? ",'previous':'" D1 "'" : "");
	name_channel(name, channel, serial);
	return fixture_message(f, name, "Channel", text, f->now);
}

static inline int fixture_make(const struct fixture *f)
{
	unsigned r;
	int ok = fixture_roster(f);

	for (r = 1; r <= f->rounds && ok; r++)
		ok = fixture_round(f, r);
	for (r = 1; r < f->rounds && ok; r++)
		ok = fixture_channel(f, "canary", r, r) && (r % 2 || fixture_channel(f, "stable", r / 2, r));
	return ok;
}

#endif
