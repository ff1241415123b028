/* Where S3's settings come from. */
#include "store/aws.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

static void check_parse(void)
{
	static const char text[] = "# comment\n[default]\naws_access_key_id = AK\n aws_secret_access_key = nested\naws_secret_access_key=S=K/+\n"
		"s3 =\n  addressing_style = path\n[profile other]\nregion=eu-1\r\nendpoint_url = http://h:1/\n[third]\nregion = x\n";
	struct aws a = { 0 };
	struct fl_err err;

	CHECK(aws_parse(&a, text, sizeof text - 1, "default", &err) == FL_OK && !strcmp(a.key, "AK") && !strcmp(a.secret, "S=K/+") && !*a.region,
	      "a profile's settings, its own only, nested ones not");
	CHECK(aws_parse(&a, text, sizeof text - 1, "other", &err) == FL_OK && !strcmp(a.region, "eu-1") && !strcmp(a.endpoint, "http://h:1/") &&
	      !strcmp(a.key, "AK"), "[profile NAME] of the config file; what is there stays");
	CHECK(aws_parse(&a, "[x]\nnonsense\n", 13, "x", &err) == FL_DATA && strstr(err.msg, "line 2"), "nonsense is refused with its line");
	CHECK(!strstr(err.msg, "nonsense"), "but not repeated: it may be a secret");
	CHECK(aws_parse(&a, "a\0b", 3, "x", &err) == FL_DATA, "zero bytes are refused");
	CHECK(aws_parse(&a, "[", 1, "x", &err) == FL_DATA && aws_parse(&a, "[]", 2, "x", &err) == FL_DATA, "half a heading too");
}

static void check_find(void)
{
	struct aws a;
	struct fl_err err;
	char path[] = "/tmp/store-aws.XXXXXX";
	int fd = mkstemp(path);

	CHECK(fd >= 0 && dprintf(fd, "[default]\naws_access_key_id=FILE\naws_secret_access_key=FS\naws_session_token=FT\nregion=eu-2\n") > 0, "a file");
	close(fd);
	setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
	setenv("AWS_CONFIG_FILE", "/dev/null", 1);
	CHECK(aws_find(&a, &err) == FL_OK && !strcmp(a.key, "FILE") && !strcmp(a.session, "FT") &&
	      !strcmp(a.endpoint, "https://s3.eu-2.amazonaws.com"), "credentials and region of the file, Amazon's endpoint");
	setenv("AWS_ACCESS_KEY_ID", "ENV", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "ES", 1);
	setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1//", 1);
	setenv("AWS_REGION", "x-1", 1);
	CHECK(aws_find(&a, &err) == FL_OK && !strcmp(a.key, "ENV") && !strcmp(a.secret, "ES") && !*a.session && !strcmp(a.region, "x-1") &&
	      !strcmp(a.endpoint, "http://127.0.0.1:1"), "the environment comes first, and takes no session from the file");
	setenv("AWS_ENDPOINT_URL", "ftp://x", 1);
	CHECK(aws_find(&a, &err) == FL_CONFIG && !*a.secret, "an endpoint is http(s), and a failure leaves no secret");
	setenv("AWS_ENDPOINT_URL", "http://u:p@x", 1);
	CHECK(aws_find(&a, &err) == FL_CONFIG, "without a password in it");
	unsetenv("AWS_ENDPOINT_URL");
	setenv("AWS_REGION", "a/b", 1);
	CHECK(aws_find(&a, &err) == FL_CONFIG, "a region is a word");
	unsetenv("AWS_REGION");
	unsetenv("AWS_SECRET_ACCESS_KEY");
	setenv("AWS_PROFILE", "none", 1);
	CHECK(aws_find(&a, &err) == FL_CONFIG && strstr(err.msg, "no S3 credentials"), "half of the credentials is none");
	unlink(path);
}

int main(void)
{
	check_parse();
	check_find();
	return check_done();
}
