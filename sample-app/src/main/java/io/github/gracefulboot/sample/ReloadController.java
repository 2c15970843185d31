package io.github.gracefulboot.sample;

import io.github.gracefulboot.supervisor.Supervisors;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Stands for a reload of the configuration, which systemd shows. It is not there unless
 * {@code sample.reload=true}, and never without the starter.
 */
@RestController
@ConditionalOnClass(Supervisors.class)
@ConditionalOnBooleanProperty("sample.reload")
class ReloadController {

	private final ObjectProvider<Supervisors> supervisors;

	ReloadController(ObjectProvider<Supervisors> supervisors) {
		this.supervisors = supervisors;
	}

	@PostMapping("/reload")
	void reload(@RequestParam(defaultValue = "1000") long ms) {
		Runnable action = () -> sleep(ms);
		this.supervisors.ifAvailable((supervisors) -> supervisors.reload(action));
	}

	private void sleep(long ms) {
		try {
			Thread.sleep(ms);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
