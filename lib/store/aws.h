/*
 * aws.h - endpoint, region and credentials as the AWS command line finds them (docs.aws.amazon.com/cli, "Configuration and
 * credential file settings"): the environment first, then the profile in the credentials file, then in the config file.
 */
#ifndef FL_STORE_AWS_H
#define FL_STORE_AWS_H

#include "base/buf.h"
#include "base/err.h"

#define AWS_TEXT 512

struct aws {
	char endpoint[AWS_TEXT]; /* "https://host[:port]", without a slash at its end */
	char region[AWS_TEXT];
	char key[AWS_TEXT], secret[AWS_TEXT], session[AWS_TEXT * 4]; /* session: "" where there is none */
};

/* FL_CONFIG where there are no credentials, or a file is no such file. */
int aws_find(struct aws *a, struct fl_err *err);
void aws_wipe(struct aws *a);

/* Settings of [profile] in the text of such a file into *a, where *a has none yet. The config file calls a profile other than
 * "default" [profile NAME]. FL_DATA with the line. */
int aws_parse(struct aws *a, const char *text, size_t n, const char *profile, struct fl_err *err);

#endif
