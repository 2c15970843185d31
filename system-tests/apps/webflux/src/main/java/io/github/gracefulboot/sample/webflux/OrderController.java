package io.github.gracefulboot.sample.webflux;

import java.util.List;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebInputException;

/**
 * Takes orders and lists the latest ones.
 */
@RestController
@RequestMapping("/orders")
class OrderController {

	private static final int LISTED = 20;

	private static final int LONGEST_ITEM = 100;

	private final OrderRepository orders;

	OrderController(OrderRepository orders) {
		this.orders = orders;
	}

	@GetMapping
	Mono<List<Order>> list() {
		return Mono.fromCallable(() -> this.orders.findLatest(LISTED)).subscribeOn(Schedulers.boundedElastic());
	}

	@PostMapping
	@ResponseStatus(HttpStatus.CREATED)
	Mono<Order> place(@RequestBody NewOrder order) {
		check(StringUtils.hasText(order.item()), "item is missing: say what is ordered");
		check(order.item().length() <= LONGEST_ITEM, "item has to be at most " + LONGEST_ITEM + " characters long");
		check(order.quantity() != null && order.quantity() > 0, "quantity has to be 1 or more");
		return Mono.fromCallable(() -> this.orders.save(order.item(), order.quantity()))
			.subscribeOn(Schedulers.boundedElastic());
	}

	@ExceptionHandler
	ProblemDetail unreadable(ServerWebInputException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST,
				"The body has to be JSON such as {\"item\": \"tea\", \"quantity\": 1}");
	}

	private void check(boolean valid, String problem) {
		if (!valid) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, problem);
		}
	}

}
