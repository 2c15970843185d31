package io.github.gracefulboot.actuate;

import io.github.gracefulboot.actuate.GracefulEndpoint.Answer;
import io.github.gracefulboot.actuate.GracefulEndpoint.Result;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Adds a status code to what the endpoint answers.
 */
@EndpointWebExtension(endpoint = GracefulEndpoint.class)
final class GracefulEndpointWebExtension implements AopInfrastructureBean {

	private final GracefulEndpoint endpoint;

	GracefulEndpointWebExtension(GracefulEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	@WriteOperation
	WebEndpointResponse<Answer> act(@Nullable String action) {
		Result result = this.endpoint.perform(action);
		return new WebEndpointResponse<>(result.answer(), result.status());
	}

}
