package io.github.gracefulboot.grpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.StatusOr;

/**
 * A name that means several ports of this machine.
 */
class FixedAddresses extends NameResolverProvider {

	static final String TARGET = "fixed:///instances";

	private final List<EquivalentAddressGroup> addresses;

	FixedAddresses(List<Integer> ports) {
		this.addresses = ports.stream()
			.map((port) -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
			.map(EquivalentAddressGroup::new)
			.toList();
	}

	@Override
	public NameResolver newNameResolver(URI target, NameResolver.Args args) {
		return new NameResolver() {

			@Override
			public String getServiceAuthority() {
				return "localhost";
			}

			@Override
			public void start(Listener2 listener) {
				listener.onResult(ResolutionResult.newBuilder()
					.setAddressesOrError(StatusOr.fromValue(FixedAddresses.this.addresses))
					.build());
			}

			@Override
			public void shutdown() {
			}

		};
	}

	@Override
	public String getDefaultScheme() {
		return "fixed";
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
