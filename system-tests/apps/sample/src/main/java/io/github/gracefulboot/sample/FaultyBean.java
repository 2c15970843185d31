package io.github.gracefulboot.sample;

import java.util.concurrent.CountDownLatch;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * A bean with the fault that {@code sample.faulty-bean} names: {@code stop-exits} and
 * {@code destroy-exits} end the process, {@code stop-locks} and {@code destroy-locks}
 * want the lock that a request holds until this bean is gone.
 */
@RestController
@ConditionalOnProperty("sample.faulty-bean")
class FaultyBean implements SmartLifecycle, DisposableBean {

	private static final Log logger = LogFactory.getLog(FaultyBean.class);

	private final Object lock = new Object();

	private final CountDownLatch gone = new CountDownLatch(1);

	private final String fault;

	private volatile boolean running;

	FaultyBean(@Value("${sample.faulty-bean}") String fault) {
		this.fault = fault;
	}

	@PostMapping("/hold-lock")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void holdLock() throws InterruptedException {
		synchronized (this.lock) {
			logger.info("Holding the lock");
			this.gone.await();
		}
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		end("stop");
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public void destroy() {
		end("destroy");
	}

	private void end(String phase) {
		if (this.fault.equals(phase + "-exits")) {
			logger.info("Ending the process");
			System.exit(3);
		}
		else if (this.fault.equals(phase + "-locks")) {
			logger.info("Waiting for the lock");
			synchronized (this.lock) {
				this.gone.countDown();
			}
		}
	}

}
