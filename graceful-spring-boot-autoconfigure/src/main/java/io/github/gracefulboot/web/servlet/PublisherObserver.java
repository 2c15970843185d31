package io.github.gracefulboot.web.servlet;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodParameter;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitterReturnValueHandler;

/**
 * Observes what controllers of Spring MVC return that is written as a stream, since a
 * publisher may tell whether it comes to an end.
 */
final class PublisherObserver implements BeanPostProcessor, AopInfrastructureBean {

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof RequestMappingHandlerAdapter adapter) {
			List<HandlerMethodReturnValueHandler> handlers = adapter.getReturnValueHandlers();
			if (handlers != null) {
				adapter.setReturnValueHandlers(handlers.stream().map(PublisherObserver::observed).toList());
			}
		}
		return bean;
	}

	private static HandlerMethodReturnValueHandler observed(HandlerMethodReturnValueHandler handler) {
		return (handler instanceof ResponseBodyEmitterReturnValueHandler) ? new ObservedHandler(handler) : handler;
	}

	/**
	 * The handler of Spring MVC, observed.
	 *
	 * @param handler the handler
	 */
	private record ObservedHandler(HandlerMethodReturnValueHandler handler) implements HandlerMethodReturnValueHandler {

		@Override
		public boolean supportsReturnType(MethodParameter returnType) {
			return this.handler.supportsReturnType(returnType);
		}

		@Override
		public void handleReturnValue(@Nullable Object value, MethodParameter returnType,
				ModelAndViewContainer container, NativeWebRequest request) throws Exception {
			StreamableResponse response = request.getNativeResponse(StreamableResponse.class);
			Object body = (value instanceof ResponseEntity<?> entity) ? entity.getBody() : value;
			if (response != null && body != null) {
				response.returned(body);
			}
			this.handler.handleReturnValue(value, returnType, container, request);
		}

	}

}
