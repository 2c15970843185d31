package io.github.gracefulboot.field;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * What people have in their services. Each profile is one thing, so that it can be
 * stopped with the starter and without.
 */
@SpringBootApplication
@RestController
public class FieldApplication {

	private final ObjectProvider<Work> work;

	FieldApplication(ObjectProvider<Work> work) {
		this.work = work;
	}

	public static void main(String[] args) {
		SpringApplication.run(FieldApplication.class, args);
		if (Boolean.getBoolean("field.main")) {
			Evidence.work(Work.MILLIS);
		}
	}

	@PostMapping("/begin")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void begin() throws Exception {
		this.work.getObject().begin();
	}

}
