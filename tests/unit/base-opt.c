#include "base/opt.h"

#include <string.h>
#include <unistd.h>

#include "check.h"

static int flag, on = 1, other, nargs;
static long long count;
static double rate;
static const char *text, *file = "-", *name = "mean";
static struct opt_list list;
static struct fl_err err;

static const char *names(size_t i)
{
	static const char *const all[] = { "mean", "median", "trimmed", NULL };

	return all[i];
}

static const struct opt tab[] = {
	OPT_FLAG('f', "flag", &flag, "a flag"),
	OPT_FLAG(0, "on", &on, "a flag that is on"),
	OPT_INT('n', "count", &count, "N", "a number", -5, 100),
	OPT_REAL('r', "rate", &rate, "RATE", "another", 0, 0.5),
	OPT_STR('t', "text", &text, "TEXT", "words"),
	OPT_FILE('o', "output", &file, "FILE", "a file"),
	OPT_NAME(0, "rule", &name, "NAME", "a choice", names),
	OPT_LIST('x', "extra", &list, "VALUE", "many"),
	OPT_END
};

static const struct opt common[] = { OPT_FLAG('g', "global", &other, "of every command"), OPT_END };

/* Parse the words, ended by NULL, from a clean start. */
static int parse(char **argv, const char *const *words)
{
	int argc = 1;

	flag = other = nargs = 0;
	on = 1;
	count = 0;
	rate = 0;
	text = NULL;
	file = "-";
	name = "mean";
	list.n = 0;
	memset(&err, 0, sizeof err);
	argv[0] = (char *)"prog";
	for (; *words; words++)
		argv[argc++] = (char *)(size_t)*words;
	argv[argc] = NULL;
	return opt_parse(tab, common, argc, argv, &nargs, &err);
}

#define PARSE(...) parse((char *[64]){ NULL }, (const char *const[]){ __VA_ARGS__, NULL })
#define REFUSED(says, ...) CHECK(PARSE(__VA_ARGS__) == FL_USAGE && strstr(err.msg, says), "refused: %s", says)

static void accepted(void)
{
	char *argv[16];

	CHECK(PARSE("--flag", "--no-on") == FL_OK && flag && !on, "flags, on and off");
	CHECK(PARSE("--flag", "--no-flag") == FL_OK && !flag, "the last flag holds");
	CHECK(PARSE("-f", "-g") == FL_OK && flag && other, "letters of both tables");
	CHECK(PARSE("-fgn7") == FL_OK && flag && other && count == 7, "letters in one word, the value attached");
	CHECK(PARSE("-n", "-5") == FL_OK && count == -5, "a negative number is a value");
	CHECK(PARSE("--count=100") == FL_OK && count == 100, "a value after =");
	CHECK(PARSE("--rate", ".5") == FL_OK && rate == 0.5, "the end of a range is inside");
	CHECK(PARSE("--text=") == FL_OK && text && !*text, "an empty text");
	CHECK(PARSE("--text=a=b") == FL_OK && !strcmp(text, "a=b"), "a text with =");
	CHECK(PARSE("--text", "--flag") == FL_OK && !strcmp(text, "--flag") && !flag, "the next word is the value, whatever it is");
	CHECK(PARSE("--rule", "median") == FL_OK && !strcmp(name, "median"), "a name of the list");
	CHECK(PARSE("-x1", "-x", "2", "--extra=3") == FL_OK && list.n == 3 && !strcmp(list.v[0], "1") && !strcmp(list.v[2], "3"),
	      "a list keeps every value in order");
	CHECK(parse(argv, (const char *const[]){ "a", "-f", "-", "--", "--flag", "-n", NULL }) == FL_OK && nargs == 4 &&
	      !strcmp(argv[1], "a") && !strcmp(argv[2], "-") && !strcmp(argv[3], "--flag") && !strcmp(argv[4], "-n"),
	      "operands are gathered in order, and all after -- are operands");
	CHECK(opt_parse(NULL, NULL, 2, (char *[]){ argv[0], argv[0], NULL }, &nargs, &err) == FL_OK && nargs == 1, "no tables");
}

static void refused(void)
{
	char many[OPT_LIST_MAX + 1][4];
	char *argv[OPT_LIST_MAX + 3] = { many[0] };
	int i;

	REFUSED("no option '--fla'", "--fla");
	REFUSED("no option '--flags'", "--flags");
	REFUSED("no option '--'", "--=x");
	REFUSED("no option '--no-count'", "--no-count");
	REFUSED("no option '--no-'", "--no-");
	REFUSED("no option '-z'", "-z");
	REFUSED("no option '-z'", "-fz");
	REFUSED("no option '-?'", "-\033");
	REFUSED("--flag takes no value", "--flag=1");
	REFUSED("--flag takes no value", "--no-flag=1");
	REFUSED("--count needs a value: --count N", "--count");
	REFUSED("-n needs a value: --count N", "-n");
	REFUSED("'7x' is not a whole number", "-n7x");
	REFUSED("'' is not a whole number", "--count=");
	REFUSED("is not a whole number", "--count=99999999999999999999");
	REFUSED("' 1' is not a whole number", "--count= 1");
	REFUSED("' 0' is not a number", "--rate= 0");
	REFUSED("1.0' is not a whole number", "--count=1.0");
	REFUSED("101 is not within -5 and 100", "--count=101");
	REFUSED("-6 is not within -5 and 100", "--count=-6");
	REFUSED("'x' is not a number", "--rate=x");
	REFUSED("'nan' is not a number", "--rate=nan");
	REFUSED("'inf' is not a number", "--rate=inf");
	REFUSED("'1e999' is not a number", "--rate=1e999");
	REFUSED("0.6 is not within 0 and 0.5", "--rate=.6");
	REFUSED("no 'med'; try mean, median, trimmed", "--rule=med");
	for (i = 0; i <= OPT_LIST_MAX; i++) {
		snprintf(many[i], sizeof many[i], "-x%d", i % 10);
		argv[i + 1] = many[i];
	}
	list.n = 0;
	CHECK(opt_parse(tab, NULL, OPT_LIST_MAX + 2, argv, &nargs, &err) == FL_USAGE && list.n == OPT_LIST_MAX, "a list has an end");
}

static void printed(void)
{
	char out[4096];
	FILE *f = tmpfile();
	size_t n;

	PARSE("a");
	opt_describe(tab, "sub", f);
	rewind(f);
	n = fread(out, 1, sizeof out - 1, f);
	out[n] = 0;
	CHECK(strstr(out, "opt\tsub\tf\tflag\t-\tflag\t-\t-\ta flag\n") != NULL, "describe: a flag");
	CHECK(strstr(out, "opt\tsub\t-\ton\t-\tflag\t-\ton\ta flag that is on\n") != NULL, "describe: a flag that is on");
	CHECK(strstr(out, "opt\tsub\tn\tcount\tN\tint\t-\t0\ta number\n") != NULL, "describe: a number");
	CHECK(strstr(out, "opt\tsub\t-\trule\tNAME\tname\tmean median trimmed\tmean\ta choice\n") != NULL, "describe: a choice");
	CHECK(strstr(out, "opt\tsub\tx\textra\tVALUE\tlist\t-\t-\tmany\n") != NULL, "describe: a list");
	rewind(f);
	CHECK(ftruncate(fileno(f), 0) == 0, "start again");
	opt_help(tab, f);
	rewind(f);
	n = fread(out, 1, sizeof out - 1, f);
	out[n] = 0;
	CHECK(strstr(out, "-n, --count N") && strstr(out, "a number [0]\n"), "help: a number and its default");
	CHECK(strstr(out, "a choice: mean, median, trimmed [mean]\n") != NULL, "help: a choice");
	fclose(f);
}

int main(void)
{
	accepted();
	refused();
	printed();
	return check_done();
}
