/* The three forms in which lists come over a wire. */
#include "store/listing.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

#define PLAN "rounds/000001/plan.pb"
#define SEAL "rounds/000001/seal.pb"

static char *join(const struct listing *l)
{
	static char s[4096];
	size_t i;

	s[0] = 0;
	for (i = 0; i < l->n; i++)
		snprintf(s + strlen(s), sizeof s - strlen(s), "%s=%d ", l->v[i].name, (int)l->v[i].size);
	return s;
}

static void check_json(void)
{
	static const char *const bad[] = { "{\"name\":\"" PLAN "\"", "x\n", "[]\n", "{\"name\":7}\n", "{\"size\":1}\n",
		"{\"name\":\"" PLAN "\",\"size\":-1}\n", "{\"name\":\"" PLAN "\",\"size\":\"1\"}\n", "{\"name\":\"a\",\"name\":\"b\"}\n" };
	struct listing l = { 0 };
	struct fl_err err;
	const char *s;
	size_t i;

	s = "{\"name\":\"" SEAL "\",\"size\":311}\n\n{\"size\":5,\"name\":\"" PLAN "\",\"new\":[1]}\n{\"name\":\"../etc\",\"size\":1}\n";
	CHECK(listing_json(&l, s, strlen(s), &err) == FL_OK && !strcmp(join(&l), SEAL "=311 " PLAN "=5 "), "JSON lines, other names left out");
	listing_sort(&l);
	CHECK(!strcmp(join(&l), PLAN "=5 " SEAL "=311 "), "sorted by bytes");
	listing_clear(&l);
	CHECK(listing_json(&l, "", 0, &err) == FL_OK && l.n == 0, "nothing is an empty list");
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(listing_json(&l, bad[i], strlen(bad[i]), &err) == FL_DATA && err.msg[0], "not a list: %.30s", bad[i]);
		listing_clear(&l);
	}
}

static int s3(struct listing *l, const char *s, struct fl_err *err)
{
	return listing_s3(l, s, strlen(s), "p/fed/", err);
}

static void check_s3(void)
{
	struct listing l = { 0 };
	struct fl_err err;

	CHECK(s3(&l, "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>"
		 "<IsTruncated>true</IsTruncated><Contents><Key>p/fed/" PLAN "</Key><Size>311</Size><Owner><ID>x</ID></Owner></Contents>"
		 "<Contents><Size>7</Size><Key>p/fed/" SEAL "</Key></Contents><Contents><Key>p/fed/zoo</Key><Size>3</Size></Contents>"
		 "<Contents><Key>q/" PLAN "</Key><Size>3</Size></Contents></ListBucketResult>", &err) == FL_OK &&
	      !strcmp(join(&l), PLAN "=311 " SEAL "=7 "), "S3: keys of names below the prefix");
	CHECK(l.more && !strcmp(l.last, "zoo"), "and where the next page begins, whoever's key that is");
	listing_clear(&l);
	CHECK(s3(&l, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>", &err) == FL_OK && !l.more && !l.n, "an empty bucket");
	CHECK(s3(&l, "<!DOCTYPE a [<!ENTITY x \"y\">]><a/>", &err) == FL_DATA && strstr(err.msg, "document type"), "a DTD is refused");
	CHECK(s3(&l, "<a><b></a>", &err) == FL_DATA && strstr(err.msg, "not XML"), "so is what is no XML");
	CHECK(s3(&l, "", &err) == FL_DATA, "and nothing at all");
	CHECK(s3(&l, "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>", &err) == FL_DATA && strstr(err.msg, "deep"), "and what is too deep");
	listing_clear(&l);
}

static void check_dav(void)
{
	struct listing l = { 0 };
	struct fl_err err;
	const char *s = "<?xml version=\"1.0\" encoding=\"utf-8\"?><D:multistatus xmlns:D=\"DAV:\">"
		"<D:response><D:href>/a%20b/fed/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop></D:propstat></D:response>"
		"<D:response><D:href>/a%20b/fed/rounds/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop></D:propstat></D:response>"
		"<D:response><D:href>http://h:1/a%20b/fed/federation.pb</D:href><D:propstat><D:prop><D:resourcetype/><D:getcontentlength>311</D:getcontentlength></D:prop></D:propstat></D:response>"
		"<D:response><D:href>/a%20b/fed/x/y</D:href></D:response><D:response><D:href>/a%20b/fed/..%2f</D:href></D:response>"
		"<D:response><D:href>/a%20b/fed/a%00b</D:href></D:response><D:response><D:href>/elsewhere/z</D:href></D:response></D:multistatus>";

	CHECK(listing_dav(&l, s, strlen(s), "/a b/fed/", &err) == FL_OK && !strcmp(join(&l), "rounds/=0 federation.pb=311 "),
	      "DAV: what lies in the folder, and nothing else");
	listing_clear(&l);
	s = "<D:multistatus xmlns:D=\"DAV:\"/>";
	CHECK(listing_dav(&l, s, strlen(s), "/", &err) == FL_OK && !l.n, "an empty answer is an empty list");
	s = "<!DOCTYPE x><x/>";
	CHECK(listing_dav(&l, s, strlen(s), "/", &err) == FL_DATA, "a DTD is refused here too");
}

static void check_torture(void)
{
	const char *s = "{\"name\":\"" SEAL "\",\"size\":311}\n{\"name\":\"" PLAN "\",\"size\":5}\n";
	struct listing l = { 0 };
	struct fl_err err;
	int k, rc = FL_IO;

	for (k = 1; k < 100 && rc != FL_OK; k++) {
		fl_alloc_fail_at(k);
		rc = listing_json(&l, s, strlen(s), &err);
		fl_alloc_fail_at(0);
		listing_clear(&l);
		if (rc != FL_OK && rc != FL_IO)
			break;
	}
	CHECK(rc == FL_OK && k > 3, "no allocation is taken for granted");
}

int main(void)
{
	check_json();
	check_s3();
	check_dav();
	check_torture();
	return check_done();
}
