package io.github.gracefulboot.web.tomcat;

import io.github.gracefulboot.traffic.OpenConnection.Upgrade;
import org.apache.coyote.UpgradeToken;
import org.apache.coyote.http11.upgrade.UpgradeGroupInfo;
import org.apache.coyote.http11.upgrade.UpgradeProcessorInternal;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * A connection that was handed over to one of Tomcat's other protocols, such as
 * WebSocket. Notes the thread that works on it.
 */
final class UpgradedConnection extends UpgradeProcessorInternal {

	private volatile Thread thread = Thread.currentThread();

	UpgradedConnection(SocketWrapperBase<?> socket, UpgradeToken token, UpgradeGroupInfo group) {
		super(socket, token, group);
	}

	@Override
	public SocketState dispatch(SocketEvent event) {
		this.thread = Thread.currentThread();
		return super.dispatch(event);
	}

	Upgrade toUpgrade() {
		return new Upgrade(getUpgradeToken().httpUpgradeHandler(), this.thread);
	}

}
