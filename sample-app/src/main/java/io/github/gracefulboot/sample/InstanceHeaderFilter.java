package io.github.gracefulboot.sample;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Tells behind a load balancer which instance answered.
 */
@Component
class InstanceHeaderFilter extends OncePerRequestFilter {

	static final String HEADER = "X-Instance";

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		response.setHeader(HEADER, Instance.of(request));
		chain.doFilter(request, response);
	}

}
