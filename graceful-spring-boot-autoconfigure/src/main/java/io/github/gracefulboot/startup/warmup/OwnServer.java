package io.github.gracefulboot.startup.warmup;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerSslBundle;

/**
 * The address and the certificates of the application's own web server. The certificates
 * are usually issued for a name other than the loopback address, so that a connection is
 * trusted because of the certificate and regardless of the name.
 *
 * @param address the address
 * @param certificates the certificates, empty if the server does not use TLS
 */
record OwnServer(URI address, Set<Certificate> certificates) {

	/**
	 * Creates the description of a server.
	 * @param settings the configuration of the server, or {@code null} if it is unknown
	 * @param port the port of the server
	 * @return the server
	 */
	static OwnServer of(@Nullable AbstractConfigurableWebServerFactory settings, int port) {
		if (settings == null) {
			return new OwnServer(address("http", null, port), Set.of());
		}
		Ssl ssl = settings.getSsl();
		return Ssl.isEnabled(ssl)
				? new OwnServer(address("https", settings.getAddress(), port),
						certificates(WebServerSslBundle.get(ssl, settings.getSslBundles()).getStores().getKeyStore()))
				: new OwnServer(address("http", settings.getAddress(), port), Set.of());
	}

	/**
	 * Describes the same server at another address.
	 * @param address where it accepts connections, too
	 * @return the server
	 */
	OwnServer at(InetSocketAddress address) {
		return new OwnServer(address(this.address.getScheme(), address.getAddress(), address.getPort()),
				this.certificates);
	}

	static URI address(String scheme, @Nullable InetAddress boundTo, int port) {
		InetAddress host = (boundTo == null || boundTo.isAnyLocalAddress()) ? InetAddress.getLoopbackAddress()
				: boundTo;
		String name = (host instanceof Inet6Address) ? "[" + host.getHostAddress() + "]" : host.getHostAddress();
		return URI.create("%s://%s:%d".formatted(scheme, name, port));
	}

	private static Set<Certificate> certificates(@Nullable KeyStore keys) {
		Set<Certificate> certificates = new HashSet<>();
		if (keys != null) {
			try {
				for (String alias : Collections.list(keys.aliases())) {
					Certificate certificate = keys.getCertificate(alias);
					if (certificate != null) {
						certificates.add(certificate);
					}
				}
			}
			catch (GeneralSecurityException ex) {
				throw new IllegalStateException("The certificates of the web server cannot be read", ex);
			}
		}
		return certificates;
	}

	/**
	 * Makes a connection trust only the certificates of the server.
	 * @param connection the connection
	 * @throws IOException if they cannot be prepared
	 */
	void trust(HttpsURLConnection connection) throws IOException {
		try {
			KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
			trusted.load(null, null);
			for (Certificate certificate : this.certificates) {
				trusted.setCertificateEntry(String.valueOf(trusted.size()), certificate);
			}
			TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			trust.init(trusted);
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, trust.getTrustManagers(), null);
			connection.setSSLSocketFactory(context.getSocketFactory());
			connection.setHostnameVerifier((host, session) -> presentsOwn(session));
		}
		catch (GeneralSecurityException ex) {
			throw new IOException("The certificates of the web server cannot be trusted: " + ex.getMessage(), ex);
		}
	}

	private boolean presentsOwn(SSLSession session) {
		try {
			return this.certificates.contains(session.getPeerCertificates()[0]);
		}
		catch (SSLPeerUnverifiedException ex) {
			return false;
		}
	}

}
