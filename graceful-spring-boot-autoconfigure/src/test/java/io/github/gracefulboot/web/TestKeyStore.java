package io.github.gracefulboot.web;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A key and a certificate of localhost that nobody else trusts.
 */
public final class TestKeyStore {

	private static final String PASSWORD = "secret";

	static {
		// An end of the connection without close_notify is an error to clients
		System.setProperty("com.sun.net.ssl.requireCloseNotify", "true");
	}

	private final Path file;

	public TestKeyStore(Path directory) throws IOException, InterruptedException {
		this.file = directory.resolve("localhost.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "localhost", "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
				"SAN=dns:localhost,ip:127.0.0.1", "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore",
				this.file.toString())
			.inheritIO()
			.start();
		assertThat(keytool.waitFor()).isZero();
	}

	public String[] serverArgs(String... more) {
		String[] args = new String[more.length + 2];
		args[0] = "--server.ssl.key-store=" + this.file;
		args[1] = "--server.ssl.key-store-password=" + PASSWORD;
		System.arraycopy(more, 0, args, 2, more.length);
		return args;
	}

	public SSLContext clientContext() throws IOException, GeneralSecurityException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(this.file)) {
			store.load(in, PASSWORD.toCharArray());
		}
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(store);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		return context;
	}

}
