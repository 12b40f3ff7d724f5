/**
 * A certificate for 127.0.0.1 that nobody trusts, valid until 2126, and its key, which guards nothing. Made by
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost
 * -addext subjectAltName=IP:127.0.0.1`.
 */
export const SELF_SIGNED = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrKut+H29EYmpYXa0
KdwrzTlz/JwhQ0xeqMI9SizWsiehRANCAARX7j/rz6ZTfLVcj0EqnkOHsgx7ZCIq
d6+8RJqw/SmPzPRLeIwRuUbO4PgNSOO9aF7VHE00EC8tE8I1eMfuoRaw
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBkTCCATagAwIBAgIUaGIJAl1R9oiQLDLJqxsaIAkCPbkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDIxNTc0NloYDzIxMjYxMDMx
MjE1NzQ2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARX7j/rz6ZTfLVcj0EqnkOHsgx7ZCIqd6+8RJqw/SmPzPRLeIwRuUbO
4PgNSOO9aF7VHE00EC8tE8I1eMfuoRawo2QwYjAdBgNVHQ4EFgQUZRVLLY8udAjt
OMbF8/yOU7NfW2EwHwYDVR0jBBgwFoAUZRVLLY8udAjtOMbF8/yOU7NfW2EwDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0kAMEYC
IQDUQJzf81vrSThC0LgzmPiY6Pfk7mBLU+Imawyj60n85gIhAJCiqwNcOCoSojJI
HG2NUc0x0ADFgOSqTUQ7HxBKdkr6
-----END CERTIFICATE-----
`,
};
