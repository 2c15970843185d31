package io.github.gracefulboot.systemtests.grpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.StatusOr;

/**
 * Names that always mean the same ports of this machine, such as {@code fixed:///1,2}. A
 * headless service in Kubernetes would tell the addresses of its pods.
 */
public final class FixedAddresses extends NameResolverProvider {

	private static final String SCHEME = "fixed";

	static String target(List<Integer> ports) {
		return SCHEME + ":///" + ports.stream().map(String::valueOf).collect(Collectors.joining(","));
	}

	@Override
	public NameResolver newNameResolver(URI target, NameResolver.Args args) {
		if (!SCHEME.equals(target.getScheme())) {
			return null;
		}
		List<EquivalentAddressGroup> addresses = Stream.of(target.getPath().substring(1).split(","))
			.map((port) -> new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)))
			.map(EquivalentAddressGroup::new)
			.toList();
		return new NameResolver() {

			@Override
			public String getServiceAuthority() {
				return "localhost";
			}

			@Override
			public void start(Listener2 listener) {
				listener
					.onResult(ResolutionResult.newBuilder().setAddressesOrError(StatusOr.fromValue(addresses)).build());
			}

			@Override
			public void shutdown() {
			}

		};
	}

	@Override
	public String getDefaultScheme() {
		return SCHEME;
	}

	@Override
	protected boolean isAvailable() {
		return true;
	}

	@Override
	protected int priority() {
		return 5;
	}

}
