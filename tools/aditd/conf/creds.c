// SPDX-License-Identifier: GPL-2.0-or-later
/* See creds.h. */
#include "creds.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../core/ident.h"
#include "file.h"
#include "option.h"

/* Sections of secrets by how their names begin; the longer ones first. */
static const struct secret_row {
	const char *prefix;
	const char *type; /* of load-shared; NULL for a password of a key */
	const char *folder; /* of that key */
} secret_rows[] = {
	{ "private", NULL, "private" }, { "pkcs12", NULL, "pkcs12" },
	{ "pkcs8", NULL, "pkcs8" },	{ "ecdsa", NULL, "ecdsa" },
	{ "xauth", "EAP", NULL },	{ "token", NULL, NULL },
	{ "ntlm", "NTLM", NULL },	{ "eap", "EAP", NULL },
	{ "ike", "IKE", NULL },		{ "ppk", "PPK", NULL },
	{ "rsa", NULL, "rsa" },
};

/* Folders of keys and certificates, and what their files are loaded as. */
static const struct folder_row {
	const char *folder;
	const char *command;
	const char *type;
	const char *flag; /* NULL for a key */
	bool secret;
} folder_rows[] = {
	{ "x509", "load-cert", "X509", "NONE", false },
	{ "x509ca", "load-cert", "X509", "CA", false },
	{ "x509ocsp", "load-cert", "X509", "OCSP", false },
	{ "x509crl", "load-cert", "X509_CRL", "NONE", false },
	{ "pubkey", "load-cert", "PUBKEY", "NONE", false },
	{ "private", "load-key", "any", NULL, true },
	{ "rsa", "load-key", "rsa", NULL, true },
	{ "ecdsa", "load-key", "ecdsa", NULL, true },
	{ "pkcs8", "load-key", "pkcs8", NULL, true },
	{ "pkcs12", "load-pkcs12", NULL, NULL, true },
};

static int only_for_us(struct loading *loading, const char *path, mode_t mode)
{
	if (!(mode & 077))
		return 0;
	return err_set(
		loading->err, ERR_USAGE,
		"%s: has secrets, but others can read it (mode %03o); do: chmod 600 %s",
		path, mode & 0777, path);
}

int load_file(struct loading *loading, const char *path, bool secret,
	      struct buf *data)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int rc = 0;

	if (fd < 0)
		return err_set(loading->err, ERR_USAGE, "%s: %s", path,
			       strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		rc = err_set(loading->err, ERR_USAGE, "%s: not a file", path);
	if (!rc && secret)
		rc = only_for_us(loading, path, st.st_mode);
	if (!rc && conf_read_fd(fd, CONF_KEY_FILE_MAX, data))
		rc = err_set(loading->err, ERR_USAGE, "%s: %s", path,
			     strerror(errno));
	close(fd);
	return rc;
}

static const struct secret_row *secret_row(struct loading *loading,
					   const struct setting *section)
{
	for (size_t i = 0; i < ARRAY_SIZE(secret_rows); i++)
		if (strncmp(section->name, secret_rows[i].prefix,
			    strlen(secret_rows[i].prefix)) == 0)
			return &secret_rows[i];
	setting_err(
		section, loading->err,
		"secrets: '%.64s' does not begin with ike, eap, xauth, ntlm, ppk, private, rsa, ecdsa, pkcs8 or pkcs12",
		section->name);
	return NULL;
}

static int hex_digit(int c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c | 0x20) : NULL;

	return at && (c > '9' || at - digits < 10) ? (int)(at - digits) : -1;
}

static int add_hex(struct buf *data, const char *text)
{
	for (; *text; text += 2) {
		int high = hex_digit(text[0]);
		int low = high < 0 ? -1 : hex_digit(text[1]);

		if (low < 0)
			return -1;
		buf_add_u8(data, (uint8_t)(high << 4 | low));
	}
	return 0;
}

/* Padded or not, as strongSwan takes it. */
static int add_base64(struct buf *data, const char *text)
{
	size_t len = strcspn(text, "=");
	size_t quads = (len + 3) / 4;
	size_t pad = quads * 4 - len;
	char *padded = malloc(quads * 4 + 1);
	uint8_t *at = NULL;
	int rc = -1;

	if (padded && len && pad < 3 && strlen(text + len) < 3 &&
	    !text[len + strspn(text + len, "=")]) {
		memcpy(padded, text, len);
		memcpy(padded + len, "===", pad);
		padded[quads * 4] = '\0';
		at = buf_extend(data, quads * 3);
	}
	if (at && EVP_DecodeBlock(at, (const unsigned char *)padded,
				  (int)(quads * 4)) == (int)(quads * 3)) {
		buf_cut(data, data->len - pad);
		rc = 0;
	}
	if (padded)
		explicit_bzero(padded, quads * 4);
	free(padded);
	return rc;
}

/* Text as it stands, 0xHEX, or 0sBASE64. The error does not say what it is. */
static int add_secret(struct loading *loading, const struct setting *secret,
		      struct buf *data)
{
	const char *text = (const char *)secret->data;

	if (strncasecmp(text, "0x", 2) == 0) {
		if (add_hex(data, text + 2))
			return setting_err(
				secret, loading->err,
				"secret: is not hexadecimal behind its 0x");
	} else if (strncasecmp(text, "0s", 2) == 0) {
		if (add_base64(data, text + 2))
			return setting_err(
				secret, loading->err,
				"secret: is not Base64 behind its 0s");
	} else {
		buf_add(data, secret->data, secret->len);
	}
	return data->failed ? err_set(loading->err, ERR_USAGE, "no memory") : 0;
}

static int add_owners(struct loading *loading, struct setting *settings,
		      const struct setting *section)
{
	struct setting *owners = load_list(loading, settings, "owners");

	if (!owners)
		return -1;
	for (const struct setting *i = section->first; i; i = i->next) {
		struct ident id = { 0 };
		struct err why;

		if (strncmp(i->name, "id", 2) != 0)
			continue;
		if (ident_parse(&id, (const char *)i->data, &why))
			return setting_err(i, loading->err, "%s: %s", i->name,
					   why.text);
		ident_free(&id);
		if (!load_value(loading, owners, NULL, span_of(i->data, i->len),
				i))
			return -1;
	}
	return 0;
}

static int load_shared(struct loading *loading, const struct secret_row *row,
		       const struct setting *section,
		       const struct setting *secret)
{
	struct setting *settings = load_command(loading, "load-shared");
	struct buf data = BUF_INIT;
	int rc;

	if (!settings)
		return -1;
	rc = add_secret(loading, secret, &data);
	if (!rc &&
	    (!load_value(loading, settings, "id", span_of_text(section->name),
			 section) ||
	     !load_value(loading, settings, "type", span_of_text(row->type),
			 section) ||
	     !load_value(loading, settings, "data", buf_span(&data), secret)))
		rc = -1;
	buf_free(&data);
	if (rc || add_owners(loading, settings, section))
		return -1;
	if (strcmp(row->type, "IKE") == 0)
		hint_add_psk(loading, setting_find(settings, "owners"));
	return 0;
}

static int check_readers(struct loading *loading, const struct setting *secret)
{
	const struct conf_file *file =
		secret->file ?
			conf_files_find(&loading->load->files, secret->file) :
			NULL;

	return file ? only_for_us(loading, file->path, file->mode) : 0;
}

static int load_secret(struct loading *loading, const struct setting *section)
{
	const struct secret_row *row;
	const struct setting *secret;

	if (section->kind != SETTING_SECTION)
		return setting_err(
			section, loading->err,
			"'%.64s' is no secret, write '%.64s { ... }'",
			section->name, section->name);
	row = secret_row(loading, section);
	if (!row ||
	    conf_fill(&conf_secret_section, section, NULL, loading->err))
		return -1;
	secret = setting_find(section, "secret");
	if (!secret)
		return setting_err(section, loading->err,
				   "%s: 'secret' is missing", section->name);
	if (check_readers(loading, secret))
		return -1;
	for (const struct setting *i = section->first; i; i = i->next)
		if (i->kind == SETTING_VALUE)
			hint_value(loading, &conf_secret_section, i);
	if (row->type)
		return load_shared(loading, row, section, secret);
	if (setting_find(section, "file"))
		return 0;
	return setting_err(section, loading->err,
			   "%s: 'file' is missing, which key it opens",
			   section->name);
}

int load_secrets(struct loading *loading)
{
	const struct setting *secrets = setting_find(loading->root, "secrets");

	if (!secrets)
		return 0;
	for (const struct setting *i = secrets->first; i; i = i->next)
		if (load_secret(loading, i))
			return -1;
	return 0;
}

/* Passwords whose section is of that folder and names that file. */
static int add_passwords(struct loading *loading, struct setting *settings,
			 const struct folder_row *row, const char *name)
{
	const struct setting *secrets = setting_find(loading->root, "secrets");
	struct setting *list = load_list(loading, settings, "secrets");

	if (!list)
		return -1;
	for (const struct setting *i = secrets ? secrets->first : NULL; i;
	     i = i->next) {
		const struct secret_row *of = secret_row(loading, i);
		const struct setting *secret = setting_find(i, "secret");
		struct buf data = BUF_INIT;
		int rc = 0;

		if (!of || !of->folder ||
		    strcmp(of->folder, row->folder) != 0 ||
		    strcmp(setting_text(i, "file", ""), name) != 0)
			continue;
		rc = add_secret(loading, secret, &data);
		if (!rc &&
		    !load_value(loading, list, NULL, buf_span(&data), secret))
			rc = -1;
		buf_free(&data);
		if (rc)
			return -1;
	}
	return 0;
}

static int fill_command(struct loading *loading, const struct folder_row *row,
			const char *path, struct span data)
{
	struct setting *settings = load_command(loading, row->command);

	if (!settings)
		return -1;
	if (row->type && !load_value(loading, settings, "type",
				     span_of_text(row->type), NULL))
		return -1;
	if (row->flag && !load_value(loading, settings, "flag",
				     span_of_text(row->flag), NULL))
		return -1;
	if (!load_value(loading, settings, "data", data, NULL) ||
	    !load_value(loading, settings, "file", span_of_text(path), NULL))
		return -1;
	if (row->flag)
		return 0;
	return add_passwords(loading, settings, row, strrchr(path, '/') + 1);
}

static int load_path(struct loading *loading, const struct folder_row *row,
		     const char *path)
{
	struct buf data = BUF_INIT;
	struct stat st;
	int rc;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return 0; /* a folder in the folder, as swanctl has it */
	rc = load_file(loading, path, row->secret, &data);
	if (!rc)
		rc = fill_command(loading, row, path, buf_span(&data));
	buf_free(&data);
	return rc;
}

int load_folders(struct loading *loading)
{
	for (size_t i = 0; i < ARRAY_SIZE(folder_rows); i++) {
		glob_t found = { 0 };
		char pattern[4096];
		int rc = 0;

		snprintf(pattern, sizeof(pattern), "%s/%s/*", loading->folder,
			 folder_rows[i].folder);
		if (glob(pattern, 0, NULL, &found))
			found.gl_pathc = 0;
		for (size_t j = 0; j < found.gl_pathc && !rc; j++)
			rc = load_path(loading, &folder_rows[i],
				       found.gl_pathv[j]);
		globfree(&found);
		if (rc)
			return -1;
	}
	return 0;
}
